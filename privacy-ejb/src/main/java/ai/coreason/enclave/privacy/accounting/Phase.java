package ai.coreason.enclave.privacy.accounting;

/**
 * A run of equal steps of DP-SGD: the Poisson-subsampled Gaussian mechanism, applied {@code steps} times. Immutable.
 *
 * @param samplingRate probability q, in (0, 1], with which each privacy unit enters a step
 * @param noiseMultiplier standard deviation σ of the noise in units of the clipping norm; finite and &gt; 0
 * @param steps number of steps, at least 1
 */
public record Phase(double samplingRate, double noiseMultiplier, long steps) {
    /** @throws IllegalArgumentException if a component lies outside its range; the message names it */
    public Phase {
        Ranges.samplingRate(samplingRate);
        Ranges.noiseMultiplier(noiseMultiplier);
        Ranges.steps(steps);
    }
}
