package ai.coreason.enclave.privacy.accounting;

/**
 * The search for the Rényi order that gives the least ε. (α-1) ε(α) is a convex function of α (a cumulant generating
 * function plus the convex terms of the conversion), so ε(α) falls, then rises: bisection over the grid finds the two
 * cells around the minimum, golden section search the order within them. Every order gives a valid bound.
 */
final class OrderSearch {
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    /** Leave log(α-1) within 1e-4 of the best, and so ε within a relative 1e-8 of the least. */
    private static final int REFINEMENTS = 16;

    private final RenyiCurve curve;
    private final double delta;

    OrderSearch(RenyiCurve curve, double delta) {
        this.curve = curve;
        this.delta = delta;
    }

    /** The best order. */
    double best() {
        int cell = leastOnGrid();
        double a = RenyiCurve.gridPoint(cell - 1);
        double b = RenyiCurve.gridPoint(cell + 1);
        double left = b - GOLDEN * (b - a);
        double right = a + GOLDEN * (b - a);
        double atLeft = epsilon(left);
        double atRight = epsilon(right);
        for (int i = 0; i < REFINEMENTS; i++) {
            if (atLeft <= atRight) {
                b = right;
                right = left;
                atRight = atLeft;
                left = b - GOLDEN * (b - a);
                atLeft = epsilon(left);
            } else {
                a = left;
                left = right;
                atLeft = atRight;
                right = a + GOLDEN * (b - a);
                atRight = epsilon(right);
            }
        }
        return order(atLeft <= atRight ? left : right);
    }

    private int leastOnGrid() {
        int low = 0;
        int high = RenyiCurve.GRID_SIZE - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (onGrid(middle) <= onGrid(middle + 1)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private double onGrid(int i) {
        return RenyiConversion.epsilon(curve.atGrid(i), order(RenyiCurve.gridPoint(i)), delta);
    }

    private double epsilon(double log) {
        double order = order(log);
        return RenyiConversion.epsilon(curve.at(order), order, delta);
    }

    private static double order(double log) {
        return 1 + StrictMath.exp(log);
    }
}
