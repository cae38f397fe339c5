package ai.coreason.enclave.privacy.accounting;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The choice of range, tilt and interval for a composed privacy loss distribution, so that what the grid leaves out and
 * what it adds are small beside δ. Made with Chernoff's bound and the Rényi curve C(λ) = λ D_{1+λ} of the composition.
 */
final class GridChoice {
    /** Most losses of a grid. */
    static final int MOST = 1 << 21;

    private static final int LEAST = 1 << 10;
    private static final int USUAL = 1 << 17;
    private static final double FINE = 1.5e-5;
    private static final double COARSE = 1e-4;
    private static final double ABSOLUTE = 2e-7;

    /** Share of δ that may lie above the grid or wrap around it. */
    private static final double OUTSIDE = 1e-5;
    /** By how much the masses may outweigh δ, times the steps, before the rounding of the transforms shows. */
    private static final double DYNAMIC_RANGE = 5e8;

    /** Orders λ looked at, in units of the one that is best by the Rényi accountant. */
    private static final double[] FACTORS = {
        0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1, 1.03, 1.1, 1.2, 1.35, 1.6, 2, 3, 5, 10
    };

    private final double delta;
    private final double saddle;
    private final double steps;
    private final double outside;
    private final double[] orders = new double[FACTORS.length];
    private final double[] cumulants = new double[FACTORS.length];

    /**
     * @param rdp the loss by the Rényi accountant
     * @param steps number of steps that are discretised
     */
    GridChoice(RenyiCurve curve, PrivacyLoss rdp, double steps) {
        this.steps = steps;
        delta = rdp.delta();
        saddle = rdp.order() - 1;
        outside = StrictMath.log(OUTSIDE * delta);
        for (int i = 0; i < FACTORS.length; i++) {
            orders[i] = saddle * FACTORS[i];
            cumulants[i] = orders[i] * curve.at(1 + orders[i]);
        }
    }

    /**
     * A grid on which discretisation is expected to add 1.5e-5 of ε, or 1e-4 where the former would take too many losses.
     *
     * @param epsilon an estimate of ε
     */
    LossGrid around(double epsilon) {
        double most = 0;
        for (int i = 0; FACTORS[i] <= 1; i++) {
            most = Math.max(most, suppression(i, epsilon));
        }
        double wanted = Math.min(most - 1, -StrictMath.log(delta) - Math.max(0, StrictMath.log(DYNAMIC_RANGE / steps)));
        LossGrid best = wanted <= 0 ? range(0, epsilon) : null;
        for (int i = 0; FACTORS[i] <= 1; i++) {
            if (suppression(i, epsilon) >= wanted) {
                LossGrid range = range(orders[i], epsilon);
                best = best == null || range.interval() < best.interval() ? range : best;
            }
        }
        return resolved(best, epsilon);
    }

    /** The order that suits the Rényi accountant, times a factor. */
    double tilt(double factor) {
        return saddle * factor;
    }

    /** By how much an order's tilt lifts the masses at ε against the bulk, as a logarithm. */
    private double suppression(int i, double epsilon) {
        return orders[i] * epsilon - cumulants[i];
    }

    /** The narrowest range under a tilt λ, as a grid of one cell. */
    private LossGrid range(double tilt, double epsilon) {
        double start = (outside + tilt * epsilon) / (tilt + 1);
        for (int i = 0; i < orders.length; i++) {
            double room = outside + tilt * epsilon - cumulants[i];
            start = Math.max(start, room / (tilt + 1 + orders[i]));
            if (orders[i] < tilt) {
                start = Math.max(start, room / (tilt - orders[i]));
            }
        }
        start = Math.min(start, epsilon / 2);
        double end = Double.POSITIVE_INFINITY;
        double unwrapped = Double.POSITIVE_INFINITY;
        double tailTilt = orders[0];
        for (int i = 0; i < orders.length; i++) {
            double bound = (cumulants[i] - outside) / orders[i];
            if (bound < end) {
                end = bound;
                tailTilt = orders[i];
            }
            if (orders[i] > tilt) {
                double harmless = cumulants[i] - outside - orders[i] * (epsilon / 2 - start) - tilt * start;
                unwrapped = Math.min(unwrapped, harmless / (orders[i] - tilt));
            }
        }
        return new LossGrid(Math.max(end, unwrapped) - start, 1, start, tilt, tailTilt);
    }

    private LossGrid resolved(LossGrid range, double epsilon) {
        double width = range.interval();
        double spread = steps * (1 + saddle) * width * width / 12;
        int size = LEAST;
        while (size < MOST && spread / size / size > (size < USUAL ? FINE : COARSE) * epsilon + ABSOLUTE) {
            size *= 2;
        }
        return new LossGrid(roundUp(width / size), size, range.start(), range.tilt(), range.tailTilt());
    }

    /** Three digits, so that a report names the interval in full. */
    private static double roundUp(double interval) {
        return new BigDecimal(interval)
                .round(new MathContext(3, RoundingMode.CEILING))
                .doubleValue();
    }
}
