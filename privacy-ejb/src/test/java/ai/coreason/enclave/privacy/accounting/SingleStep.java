package ai.coreason.enclave.privacy.accounting;

import java.util.function.DoubleUnaryOperator;

/** The privacy curve of one step in closed form, as an oracle for the tests: P(x &gt; t) - e^ε Q(x &gt; t) at L(t) = ε. */
final class SingleStep {
    private SingleStep() {}

    static double removeDelta(double q, double sigma, double epsilon) {
        double x = threshold(q, sigma, epsilon);
        double ofQ = NormalTail.above(x / sigma);
        return (1 - q) * ofQ + q * NormalTail.above((x - 1) / sigma) - Math.exp(epsilon) * ofQ;
    }

    static double addDelta(double q, double sigma, double epsilon) {
        double x = threshold(q, sigma, -epsilon);
        double ofQ = NormalTail.above(-x / sigma);
        return ofQ - Math.exp(epsilon) * ((1 - q) * ofQ + q * NormalTail.above((1 - x) / sigma));
    }

    static double epsilon(double q, double sigma, double delta) {
        return Math.max(root(e -> removeDelta(q, sigma, e), delta), root(e -> addDelta(q, sigma, e), delta));
    }

    private static double root(DoubleUnaryOperator curve, double delta) {
        if (curve.applyAsDouble(0) <= delta) {
            return 0;
        }
        double low = 0;
        double high = 100;
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (curve.applyAsDouble(middle) > delta) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static double threshold(double q, double sigma, double loss) {
        double excess = Math.expm1(loss) + q;
        return excess <= 0 ? -1e9 : sigma * sigma * Math.log(excess / q) + 0.5;
    }
}
