package ai.coreason.enclave.privacy.accounting;

/**
 * The filter that keeps a dataset under its ceiling: phases are admitted while their divergences at one fixed order sum to
 * no more than a budget. Immutable.
 *
 * <p>Order and budget are fixed when the dataset is registered, from ceiling and δ alone, so the guarantee (ceiling, δ)
 * holds also for jobs that are chosen adaptively, with knowledge of all earlier results. The order is the best one for
 * Gaussian-like losses: with ρ + 2 sqrt(ρ log(1/δ)) = ceiling it is 1 + sqrt(log(1/δ) / ρ).
 *
 * <p>Source: Feldman, Zrnic, "Individual privacy accounting via a Rényi filter", 2021, section 4; Bun, Steinke,
 * "Concentrated differential privacy", 2016, proposition 1.3 (ρ).
 *
 * @param order the fixed order α*, finite and &gt; 1
 * @param budget the summed divergence at that order which converts to the ceiling at δ; finite and &gt; 0
 * @param delta δ in (0, 1)
 * @param ceiling the ε that is never passed, finite and &gt; 0
 */
public record RdpFilter(double order, double budget, double delta, double ceiling) {
    /**
     * @throws IllegalArgumentException if a component lies outside its range, or the budget at the order converts to
     *     more than the ceiling
     */
    public RdpFilter {
        Ranges.order(order);
        Ranges.epsilon(budget, "budget");
        Ranges.delta(delta);
        Ranges.epsilon(ceiling, "ceiling");
        if (RenyiConversion.epsilon(budget, order, delta) > ceiling) {
            throw new IllegalArgumentException("budget: expected at most "
                    + RenyiConversion.rdp(ceiling, order, delta)
                    + ", which converts to the ceiling, got "
                    + budget);
        }
    }

    /**
     * The filter of a ceiling.
     *
     * @param ceiling ε, finite and &gt; 0
     * @param delta δ in (0, 1)
     * @throws IllegalArgumentException if a parameter lies outside its range; the message names it
     */
    public static RdpFilter forCeiling(double ceiling, double delta) {
        Ranges.epsilon(ceiling, "ceiling");
        Ranges.delta(delta);
        double log = -StrictMath.log(delta);
        double root = ceiling / (Math.sqrt(log + ceiling) + Math.sqrt(log));
        double order = 1 + Math.sqrt(log) / root;
        return new RdpFilter(order, RenyiConversion.rdp(ceiling, order, delta), delta, ceiling);
    }

    /** What a phase takes from the budget: its divergence at the fixed order. */
    public double cost(Phase phase) {
        return phase.steps() * RdpAccountant.rdp(phase.samplingRate(), phase.noiseMultiplier(), order);
    }

    /**
     * Whether a phase may run.
     *
     * @param spent sum of the costs of all phases before, finite and &gt;= 0
     * @param next the phase
     */
    public boolean admits(double spent, Phase next) {
        return Ranges.spent(spent) + cost(next) <= budget;
    }

    /**
     * The least noise multiplier with which steps fit what is left of the budget.
     *
     * @param spent sum of the costs of all phases before; less than the budget
     * @param q sampling rate in (0, 1]
     * @param steps number of steps, at least 1
     * @return σ, within a relative 1e-6 above the least; at least 0.001
     * @throws IllegalArgumentException if a parameter lies outside its range; the message names it
     */
    public double calibrate(double spent, double q, long steps) {
        double left = budget - Ranges.spent(spent);
        Ranges.epsilon(left, "budget - spent");
        return Search.leastNoise(RdpAccountant.LEAST_NOISE, 1, sigma -> cost(new Phase(q, sigma, steps)) / left);
    }

    /** The ε, at this filter's δ, that a sum of costs converts to; never negative, at most the ceiling within budget. */
    public double epsilon(double spent) {
        return Ranges.spent(spent) == 0 ? 0 : Math.max(0, RenyiConversion.epsilon(spent, order, delta));
    }
}
