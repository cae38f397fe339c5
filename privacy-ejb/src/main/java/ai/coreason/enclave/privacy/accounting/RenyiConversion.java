package ai.coreason.enclave.privacy.accounting;

/**
 * Conversion between Rényi differential privacy at one order and (ε, δ). Source: Canonne, Kamath, Steinke, "The discrete
 * Gaussian for differential privacy", 2020, proposition 12; also Balle et al., "Hypothesis testing interpretations and
 * Rényi differential privacy", 2020, theorem 21.
 */
final class RenyiConversion {
    private RenyiConversion() {}

    /** ε at {@code delta} of a mechanism with divergence {@code rdp} at {@code order}; can be negative. */
    static double epsilon(double rdp, double order, double delta) {
        return rdp + excess(order, delta);
    }

    /** The divergence at {@code order} that converts to {@code epsilon} at {@code delta}, rounded down. */
    static double rdp(double epsilon, double order, double delta) {
        double rdp = epsilon - excess(order, delta);
        while (epsilon(rdp, order, delta) > epsilon) {
            rdp = Math.nextDown(rdp);
        }
        return rdp;
    }

    private static double excess(double order, double delta) {
        return StrictMath.log1p(-1 / order) - (StrictMath.log(delta) + StrictMath.log(order)) / (order - 1);
    }
}
