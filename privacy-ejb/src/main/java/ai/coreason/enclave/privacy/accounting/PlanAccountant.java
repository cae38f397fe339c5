package ai.coreason.enclave.privacy.accounting;

import java.util.List;

/**
 * The accountant that binds a job's own plan: the smaller ε of {@link RdpAccountant} and {@link PldAccountant}, both being
 * upper bounds for phases that are fixed beforehand. Thread-safe.
 *
 * <p>An auditor gets the figure of a ledger row by one call of {@link #epsilon}. It is the same double on every machine, so
 * a node and an Overseer judge alike at a limit. In the number of steps it rises, but for the discretisation's jitter of a
 * relative 2e-5, which does not show before tens of thousands of rounds.
 */
public final class PlanAccountant {
    /** Convolving more mechanisms than these would take longer than a round may; they are accounted by RDP alone. */
    private static final int MOST_PHASES = 8;

    private PlanAccountant() {}

    /**
     * The privacy loss of all phases together, in any order. The result names the accountant that gave it; RDP where both
     * agree.
     *
     * @param phases what was run, fixed beforehand; nothing costs nothing
     * @param delta δ in (0, 1)
     * @throws IllegalArgumentException if δ lies outside its range
     */
    public static PrivacyLoss epsilon(List<Phase> phases, double delta) {
        PrivacyLoss rdp = RdpAccountant.epsilon(phases, delta);
        if (phases.size() > MOST_PHASES) {
            return rdp;
        }
        PrivacyLoss pld = KeptLosses.pld(phases, delta);
        return pld.epsilon() < rdp.epsilon() ? pld : rdp;
    }

    /**
     * How many of a plan's steps may be run before the privacy loss passes a limit. A plan that fits as a whole is fixed from
     * its first step to its last, and the smaller of both accountants judges it. One that does not fit is run until it is
     * halted; its steps are counted by RDP, which holds for a length that is found on the way.
     */
    public static long affordableSteps(double q, double sigma, double delta, double limit, long planned) {
        return epsilon(List.of(new Phase(q, sigma, planned)), delta).epsilon() <= limit
                ? planned
                : RdpAccountant.affordableSteps(List.of(), q, sigma, delta, limit, planned);
    }

    /** The least noise multiplier with which a number of steps fits a target; see {@link PldAccountant#calibrate}. */
    public static double calibrate(double q, long steps, double delta, double targetEpsilon) {
        return PldAccountant.calibrate(q, steps, delta, targetEpsilon);
    }
}
