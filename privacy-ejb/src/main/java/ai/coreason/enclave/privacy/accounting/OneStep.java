package ai.coreason.enclave.privacy.accounting;

import java.util.function.DoubleUnaryOperator;

/**
 * The privacy loss of one Poisson-subsampled Gaussian step from its definition: δ(ε) = P(L > ε) - exp(ε) Q(L > ε) in both
 * directions of add/remove adjacency, with what it may be rounded by counted as loss.
 *
 * <p>Source: Balle, Barthe, Gaboardi, "Privacy amplification by subsampling: tight analyses via couplings and divergences",
 * 2018, theorems 2 and 8.
 */
final class OneStep {
    private static final double ULP = Math.ulp(1.0);

    private final double q;
    private final double sigma;

    private OneStep(SubsampledGaussian step) {
        this.q = step.q();
        this.sigma = step.sigma();
    }

    /**
     * The least ε with δ(ε) at most delta.
     *
     * @param enough an ε that is known to be enough
     */
    static double epsilon(SubsampledGaussian step, double delta, double enough) {
        OneStep one = new OneStep(step);
        return Math.max(root(one::ofRemoving, delta, enough), root(one::ofAdding, delta, enough));
    }

    private double ofRemoving(double epsilon) {
        double x = threshold(epsilon);
        double ofQ = NormalTail.above(x / sigma);
        double ofP = NormalTail.above((x - 1) / sigma);
        double ratio = StrictMath.exp(epsilon);
        return (1 - q - ratio) * ofQ + q * ofP + doubt(x) * (ratio * ofQ + q * ofP);
    }

    private double ofAdding(double epsilon) {
        double x = threshold(-epsilon);
        double ofQ = NormalTail.above(-x / sigma);
        double ofP = NormalTail.above((1 - x) / sigma);
        double ratio = StrictMath.exp(epsilon);
        return (1 - ratio * (1 - q)) * ofQ - ratio * q * ofP + doubt(x) * ratio * (ofQ + q * ofP);
    }

    /** A bound on the relative rounding of a tail and of what is made of it. */
    private double doubt(double x) {
        double reach = Math.min(40, (Math.abs(x) + 1) / sigma);
        return 8 * ULP * (8 + reach * reach);
    }

    private double threshold(double loss) {
        double excess = StrictMath.expm1(loss) + q;
        return excess <= 0 ? Double.NEGATIVE_INFINITY : sigma * sigma * StrictMath.log(excess / q) + 0.5;
    }

    private static double root(DoubleUnaryOperator curve, double delta, double enough) {
        double low = 0;
        double high = enough;
        if (curve.applyAsDouble(0) <= delta) {
            return 0;
        }
        for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
            double middle = (low + high) / 2;
            if (curve.applyAsDouble(middle) > delta) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
