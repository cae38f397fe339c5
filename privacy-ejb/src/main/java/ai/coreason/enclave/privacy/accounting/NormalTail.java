package ai.coreason.enclave.privacy.accounting;

/**
 * The upper tail of the standard normal distribution, accurate to a few units in the last place as far out as it is a
 * normal double (z = 37).
 *
 * <p>The complementary error function is taken by the midpoint rule of its integral representation, h = 1/2, with the
 * residue of the pole; all terms are positive and the rule's own error is exp(-π²/h²) = 7e-18. Source: Matta,
 * Reichel, "Uniform computation of the error function and other related functions", 1971.
 */
final class NormalTail {
    private static final double H = 0.5;
    private static final double POLE = Math.sqrt(2) * Math.PI / H;
    private static final double LAST = 39;
    private static final int NODES = 13;
    private static final double[] SQUARES = new double[NODES];
    private static final double[] WEIGHTS = new double[NODES];

    static {
        for (int n = 0; n < NODES; n++) {
            double node = (n + 0.5) * H;
            SQUARES[n] = node * node;
            WEIGHTS[n] = Math.sqrt(2) * H / Math.PI * StrictMath.exp(-node * node);
        }
    }

    private NormalTail() {}

    /** Pr[Z &gt; z]. */
    static double above(double z) {
        double beyond = Math.abs(z);
        if (beyond > LAST) {
            return z > 0 ? 0 : 1;
        }
        double square = z * z;
        double rest = Math.fma(z, z, -square);
        double density = StrictMath.exp(-square / 2) * (1 - rest / 2);
        double half = (sum(beyond) * density + residue(beyond)) / 2;
        return z >= 0 ? half : 1 - half;
    }

    /** log Pr[Z &gt; z]; finite for every finite z. */
    static double logAbove(double z) {
        return z < 0 ? StrictMath.log1p(-above(-z)) : StrictMath.log(scaled(z) / 2) - z * z / 2;
    }

    /** Mills' ratio Pr[Z &gt; z] / φ(z), for z of at least 0. */
    static double millsRatio(double z) {
        return Math.sqrt(Math.PI / 2) * scaled(z);
    }

    /** 2 exp(z²/2) Pr[Z &gt; z], for z of at least 0. */
    private static double scaled(double z) {
        return sum(z) + (z < POLE ? residue(z) * StrictMath.exp(z * z / 2) : 0);
    }

    private static double sum(double z) {
        double half = z * z / 2;
        double sum = 0;
        for (int n = NODES - 1; n >= 0; n--) {
            sum += WEIGHTS[n] / (SQUARES[n] + half);
        }
        return z * sum;
    }

    private static double residue(double z) {
        return z < POLE ? 2 / (1 + StrictMath.exp(Math.sqrt(2) * Math.PI / H * z)) : 0;
    }
}
