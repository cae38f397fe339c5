package ai.coreason.enclave.overseer.aggregation;

import java.util.Arrays;

/**
 * Weights of which none is more than a share of their sum: what the heavy nodes weigh too much is spread over the others in
 * proportion, by water-filling. The result is {@code min(cap, c w_i)} with the one c for which the sum is 1; if even equal
 * weights pass the cap, as too few nodes are in the round, all weigh the same. Pure.
 */
public final class ShareCap {
    private ShareCap() {}

    /**
     * The capped weights, in the order given; their sum is 1.
     *
     * @param weights each above 0
     * @param cap in (0, 1]
     */
    public static double[] apply(double[] weights, double cap) {
        int n = weights.length;
        double[] shares = new double[n];
        if (cap * n <= 1) {
            Arrays.fill(shares, 1.0 / n);
            return shares;
        }
        boolean[] full = new boolean[n];
        boolean settled = false;
        while (!settled) {
            settled = spread(weights, cap, full, shares);
        }
        return shares;
    }

    /** Gives the nodes that are not full the rest in proportion; false if that has filled another one. */
    private static boolean spread(double[] weights, double cap, boolean[] full, double[] shares) {
        double rest = 1;
        double open = 0;
        for (int i = 0; i < weights.length; i++) {
            rest -= full[i] ? cap : 0;
            open += full[i] ? 0 : weights[i];
        }
        boolean settled = true;
        for (int i = 0; i < weights.length; i++) {
            shares[i] = full[i] ? cap : rest * (weights[i] / open);
            if (shares[i] > cap) {
                full[i] = true;
                settled = false;
            }
        }
        return settled;
    }
}
