package ai.coreason.enclave.privacy.accounting;

/**
 * A privacy loss distribution on a grid that dominates that of one step: its δ(ε) is nowhere less. Immutable; made by
 * {@link LossDiscretisation}.
 *
 * @param interval Δ, the distance of the grid's losses in nats
 * @param first grid index of the first mass; index i stands for the loss i Δ
 * @param logMass logarithms of the masses
 * @param infinity mass at infinite loss
 * @param rounding by how much rounding may have misplaced losses, in nats
 */
record LossDistribution(double interval, long first, double[] logMass, double infinity, double rounding) {
    /** A term of a sum is left out where it is less than exp(-50) of the largest. */
    private static final double NEGLIGIBLE = -50;

    /** A step seen from both sides of add/remove adjacency. */
    record Pair(LossDistribution remove, LossDistribution add) {}

    /**
     * Masses under a tilt.
     *
     * @param bins mass times exp(λ loss - cumulant), folded onto a circle; bin 0 is loss 0
     * @param cumulant log Σ mass exp(λ loss), infinity left out
     */
    record Tilted(double[] bins, double cumulant) {}

    /** log Σ mass exp(λ loss), infinity left out; the sum is rounded up. */
    double cumulant(double lambda) {
        double peak = peak(lambda);
        double sum = 0;
        for (int i = 0; i < logMass.length; i++) {
            double exponent = logMass[i] + lambda * loss(i) - peak;
            if (exponent > NEGLIGIBLE) {
                sum += StrictMath.exp(exponent);
            }
        }
        return peak
                + StrictMath.log(
                        sum * (1 + logMass.length * Math.ulp(1.0)) + logMass.length * StrictMath.exp(NEGLIGIBLE));
    }

    /** The tilted masses on a circle of {@code size} bins, a power of two. */
    Tilted tilted(double lambda, int size) {
        double peak = peak(lambda);
        double[] bins = new double[size];
        double sum = 0;
        for (int i = 0; i < logMass.length; i++) {
            double mass = StrictMath.exp(logMass[i] + lambda * loss(i) - peak);
            bins[(int) (first + i) & (size - 1)] += mass;
            sum += mass;
        }
        for (int j = 0; j < size; j++) {
            bins[j] /= sum;
        }
        return new Tilted(bins, peak + StrictMath.log(sum));
    }

    private double peak(double lambda) {
        double peak = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logMass.length; i++) {
            peak = Math.max(peak, logMass[i] + lambda * loss(i));
        }
        return peak;
    }

    /** A bound on the relative rounding of a tilted mass and of exp(cumulant). */
    double tiltRounding(double lambda) {
        double most = Math.max(Math.abs(loss(0)), Math.abs(loss(logMass.length - 1)));
        return Math.ulp(1.0) * (1600 + 4 * lambda * most);
    }

    private double loss(int i) {
        return (first + i) * interval;
    }
}
