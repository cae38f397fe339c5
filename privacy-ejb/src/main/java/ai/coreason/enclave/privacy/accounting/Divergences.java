package ai.coreason.enclave.privacy.accounting;

import java.util.Arrays;

/**
 * The Rényi divergences of one mechanism that were asked for: all on the grid of orders, and between its points the last of each
 * slot. Thread-safe: threads may race to fill a place, with the same value or with that of another order, which says so.
 */
final class Divergences {
    /** A search asks for some 20 orders between the points, and a composition that grew for most of them again. */
    private static final int SLOTS = 64;

    private static final int HIGH_BITS = 32;
    private static final int SPREAD = 0x9E3779B9;
    private static final int UNUSED_BITS = 26;

    private record Known(double order, double value) {}

    private final SubsampledGaussian mechanism;
    private final double[] grid = new double[RenyiCurve.GRID_SIZE];
    private final Known[] between = new Known[SLOTS];

    Divergences(SubsampledGaussian mechanism) {
        this.mechanism = mechanism;
        Arrays.fill(grid, Double.NaN);
    }

    /** The divergence of one step at order i of the grid. */
    double onGrid(int i) {
        double value = grid[i];
        if (Double.isNaN(value)) {
            value = mechanism.rdp(1 + StrictMath.exp(RenyiCurve.gridPoint(i)));
            grid[i] = value;
        }
        return value;
    }

    /** The divergence of one step at an order of at least 1. */
    double at(double order) {
        int slot = slot(order);
        Known known = between[slot];
        if (known == null || known.order() != order) {
            known = new Known(order, mechanism.rdp(order));
            between[slot] = known;
        }
        return known.value();
    }

    private static int slot(double order) {
        long bits = Double.doubleToLongBits(order);
        return ((int) (bits ^ bits >>> HIGH_BITS) * SPREAD) >>> UNUSED_BITS;
    }
}
