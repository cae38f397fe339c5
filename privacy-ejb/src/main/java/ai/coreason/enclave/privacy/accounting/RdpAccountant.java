package ai.coreason.enclave.privacy.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * The Rényi accountant of Poisson-subsampled Gaussian steps under add/remove adjacency of one privacy unit. Thread-safe.
 *
 * <p>Divergences add up over steps, at every order; the sum at the best order is converted to (ε, δ). The function to be
 * minimised has one minimum, which is searched over the continuous orders ({@link OrderSearch}).
 *
 * <p>Sources: Mironov, Talwar, Zhang 2019 (divergence of a step); Canonne, Kamath, Steinke 2020 (conversion).
 */
public final class RdpAccountant {
    /** The name this accountant puts into its results. */
    public static final String NAME = "RDP";

    /** The version of the method. */
    public static final String VERSION = "1";

    /** The least σ that calibration gives. */
    static final double LEAST_NOISE = 1e-3;

    private RdpAccountant() {}

    /**
     * The Rényi divergence of one step.
     *
     * @param q sampling rate in (0, 1]
     * @param sigma noise multiplier, finite and &gt; 0
     * @param alpha order, finite and &gt; 1
     * @return the divergence, in nats, to a relative 1e-11 from above; for σ below about 0.02 an upper bound
     * @throws IllegalArgumentException if a parameter lies outside its range; the message names it
     */
    public static double rdp(double q, double sigma, double alpha) {
        Ranges.samplingRate(q);
        Ranges.noiseMultiplier(sigma);
        Ranges.order(alpha);
        return new SubsampledGaussian(q, sigma).rdp(alpha);
    }

    /**
     * The privacy loss of all phases together, in any order. Steps may depend on earlier results, the phases may not: they
     * are fixed beforehand. For phases chosen on the way see {@link RdpFilter}.
     *
     * @param phases what was run; nothing costs nothing
     * @param delta δ in (0, 1)
     * @throws IllegalArgumentException if δ lies outside its range
     */
    public static PrivacyLoss epsilon(List<Phase> phases, double delta) {
        Ranges.delta(delta);
        return of(phases, delta);
    }

    /**
     * How many more steps may be run before the privacy loss passes a limit.
     *
     * @param spent what was run before
     * @param q sampling rate of the further steps, in (0, 1]
     * @param sigma their noise multiplier, finite and &gt; 0
     * @param delta δ in (0, 1)
     * @param limit the ε that may not be passed, finite and &gt; 0
     * @param atMost the most steps wanted, at least 0
     * @return the largest number, at most {@code atMost}, with ε(spent and these) ≤ limit; 0 where none fits
     * @throws IllegalArgumentException if a parameter lies outside its range; the message names it
     */
    public static long affordableSteps(
            List<Phase> spent, double q, double sigma, double delta, double limit, long atMost) {
        Ranges.samplingRate(q);
        Ranges.noiseMultiplier(sigma);
        Ranges.delta(delta);
        Ranges.epsilon(limit, "limit");
        Ranges.atMost(atMost);
        return Search.largest(
                0, atMost, n -> of(with(spent, new Phase(q, sigma, n)), delta).epsilon() / limit);
    }

    /**
     * The least noise multiplier with which a number of steps fits a target.
     *
     * @param q sampling rate in (0, 1]
     * @param steps number of steps, at least 1
     * @param delta δ in (0, 1)
     * @param targetEpsilon the ε that may not be passed, finite and &gt; 0
     * @return σ, within a relative 1e-6 above the least, with ε(σ) ≤ target; at least 0.001
     * @throws IllegalArgumentException if a parameter lies outside its range; the message names it
     */
    public static double calibrate(double q, long steps, double delta, double targetEpsilon) {
        Ranges.samplingRate(q);
        Ranges.steps(steps);
        Ranges.delta(delta);
        Ranges.epsilon(targetEpsilon, "target_epsilon");
        return Search.leastNoise(
                LEAST_NOISE,
                1,
                sigma -> of(List.of(new Phase(q, sigma, steps)), delta).epsilon() / targetEpsilon);
    }

    private static List<Phase> with(List<Phase> phases, Phase next) {
        List<Phase> all = new ArrayList<>(phases);
        all.add(next);
        return all;
    }

    private static PrivacyLoss of(List<Phase> phases, double delta) {
        if (phases.isEmpty()) {
            return new PrivacyLoss(0, delta, NAME, VERSION, Double.NaN);
        }
        RenyiCurve curve = RenyiCurve.of(phases);
        double order = isIndistinguishable(curve, delta) ? 1 : new OrderSearch(curve, delta).best();
        double epsilon = order == 1 ? 0 : Math.max(0, RenyiConversion.epsilon(curve.at(order), order, delta));
        return new PrivacyLoss(epsilon, delta, NAME, VERSION, order);
    }

    /**
     * Whether δ alone covers the total variation distance, so that ε is 0: by Bretagnolle and Huber (1978) it is at most
     * sqrt(1 - exp(-KL)), and KL is the divergence of order 1.
     */
    private static boolean isIndistinguishable(RenyiCurve curve, double delta) {
        return -StrictMath.expm1(-curve.at(1)) <= delta * delta;
    }
}
