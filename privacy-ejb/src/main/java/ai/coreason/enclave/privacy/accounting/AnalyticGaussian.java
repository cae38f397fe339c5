package ai.coreason.enclave.privacy.accounting;

/**
 * The exact privacy curve of the Gaussian mechanism with sensitivity 1. Composition of Gaussians is one Gaussian, with the
 * precisions 1/σ² added.
 *
 * <p>With a = εσ - 1/(2σ) and b = a + 1/σ, δ(ε) = Φ̄(a) - e^ε Φ̄(b) = φ(a) (R(a) - R(b)), R being Mills' ratio: no power
 * of e overflows and, for a of at least 0, nothing underflows before δ does. Source: Balle, Wang, "Improving the Gaussian
 * mechanism for differential privacy", 2018, theorem 8.
 */
final class AnalyticGaussian {
    /** Rounding of one term of δ, relative. */
    private static final double ROUNDING = 16 * Math.ulp(1.0);

    private AnalyticGaussian() {}

    /**
     * The least ε at {@code delta}, rounded up.
     *
     * @param precision 1/σ² of the whole composition
     * @param bound a valid ε, where the search begins
     */
    static double epsilon(double precision, double delta, double bound) {
        double sigma = 1 / Math.sqrt(precision);
        double target = StrictMath.log(delta);
        double low = 0;
        double high = bound;
        if (logDelta(0, sigma) <= target) {
            return 0;
        }
        while (true) {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high) {
                return high * (1 + ROUNDING);
            }
            if (logDelta(middle, sigma) <= target) {
                high = middle;
            } else {
                low = middle;
            }
        }
    }

    /** log δ(ε), rounded up. */
    private static double logDelta(double epsilon, double sigma) {
        double a = epsilon * sigma - 0.5 / sigma;
        double b = epsilon * sigma + 0.5 / sigma;
        if (a < 0) {
            double second = StrictMath.exp(epsilon + NormalTail.logAbove(b));
            return StrictMath.log(NormalTail.above(a) * (1 + ROUNDING) - second * (1 - ROUNDING * (1 + epsilon)));
        }
        double difference = NormalTail.millsRatio(a) * (1 + ROUNDING) - NormalTail.millsRatio(b) * (1 - ROUNDING);
        return StrictMath.log(difference) - a * a / 2 - StrictMath.log(2 * Math.PI) / 2 + ROUNDING * a * b;
    }
}
