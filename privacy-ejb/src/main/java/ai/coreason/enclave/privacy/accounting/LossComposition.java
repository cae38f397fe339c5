package ai.coreason.enclave.privacy.accounting;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The composed privacy loss distribution of many steps, in one direction of adjacency, and the least ε it shows. Immutable.
 *
 * <p>The masses are tilted by exp(λ loss), normalised and convolved by FFT. The tilt moves the composed distribution
 * towards where ε lies, so that rounding is small beside the masses that matter, at any δ. Everything uncertain is counted
 * as loss: the rounding of the transforms is bounded and added to δ, and so is, by Chernoff's bound, what
 * lies above the grid; what wraps around the circle can only add.
 *
 * <p>Source: Koskela, Jälkö, Honkela, "Computing tight differential privacy guarantees using FFT", 2020 (the method); Gopi,
 * Lee, Wutschitz, "Numerical composition of differential privacy", 2021 (truncation and wrap-around).
 */
final class LossComposition {
    /** Steps that have one loss distribution. */
    record Term(LossDistribution step, double steps) {}

    /**
     * The least ε at some δ.
     *
     * @param epsilon rounded up; infinite where δ is too small for the distribution
     * @param curvature δ''(ε) / |δ'(ε)|: by it, discretisation shifts ε by the steps times Δ²/12; infinite where ε lies
     *     below the grid
     * @param doubt the share of δ that was given up for rounding and for what lies above the grid
     */
    record Root(double epsilon, double curvature, double doubt) {
        static final Root UNRESOLVED = new Root(Double.POSITIVE_INFINITY, 0, 1);
    }

    private static final double ULP = Math.ulp(1.0);
    private static final int MOST_KEPT = 1 << 18;
    private static final Map<Integer, RealFft> TRANSFORMS = new ConcurrentHashMap<>();

    private final LossGrid grid;
    /** Tilted masses; index 0 is the lowest loss of the grid. */
    private final double[] tilted;
    /** Bound on what the rounding of the transforms adds to or takes from δ(ε), but for the factor of ε's tilt. */
    private final double rounding;
    /** log of the factor by which tilted masses were divided, with its rounding. */
    private final double cumulant;
    /** Mass at infinity and above the grid. */
    private final double outside;
    /** Rounding of losses, in nats. */
    private final double shift;

    LossComposition(List<Term> terms, LossGrid grid) {
        this.grid = grid;
        RealFft fft = transform(grid.size());
        SpectralProduct product = new SpectralProduct(grid.size(), fft.roundingBound() + 8 * ULP);
        double all = 0;
        double tail = 0;
        double infinite = 0;
        double misplaced = 0;
        for (Term term : terms) {
            LossDistribution step = term.step();
            LossDistribution.Tilted masses = step.tilted(grid.tilt(), grid.size());
            product.multiply(fft.forward(masses.bins()), term.steps());
            all += term.steps() * (masses.cumulant() + step.tiltRounding(grid.tilt()));
            tail += term.steps() * (step.cumulant(grid.tailTilt()) + step.tiltRounding(grid.tailTilt()));
            infinite += term.steps() * step.infinity();
            misplaced += term.steps() * step.rounding();
        }
        tilted = cut(fft.inverse(product.spectrum()));
        cumulant = all;
        outside = infinite + StrictMath.exp(tail - grid.tailTilt() * grid.loss(grid.size()));
        shift = misplaced;
        rounding = 2
                * mostWeight(grid.tilt())
                * (product.doubt() + fft.roundingBound() * norm(tilted) * Math.sqrt(grid.size()));
    }

    /** The largest value of exp(-λy) (1 - exp(-y)), by which a mass y above ε counts. */
    private static double mostWeight(double lambda) {
        return lambda == 0 ? 1 : StrictMath.pow(lambda / (1 + lambda), lambda) / (1 + lambda);
    }

    /** The least ε with δ(ε) ≤ delta; unresolved where numbers under the tilt leave a double's range. */
    Root root(double delta) {
        Root root = search(delta);
        return root.epsilon() >= 0 ? root : Root.UNRESOLVED;
    }

    private Root search(double delta) {
        double target = (delta - outside) * (1 - 1e-9) / delta;
        if (!(target > 0)) {
            return Root.UNRESOLVED;
        }
        double centre = grid.loss(tilted.length / 2);
        double mass = 0;
        double scaled = 0;
        double weight = weight(tilted.length - 1, delta);
        for (int j = tilted.length - 1; j > 0; j--) {
            mass += tilted[j] * weight;
            scaled += tilted[j] * weight * StrictMath.exp(centre - grid.loss(j));
            double below = weight(j - 1, delta);
            double left = target - rounding * below - (tilted.length + 1000) * ULP * mass;
            double next = Math.max(0, grid.loss(j - 1));
            if (!(mass - scaled * StrictMath.exp(next - centre) < left)) {
                double epsilon = centre + StrictMath.log((mass - left) / scaled);
                double slope = scaled * StrictMath.exp(epsilon - centre);
                return new Root(
                        rounded(Math.max(next, Math.min(epsilon, grid.loss(j)))),
                        density(j) * weight / slope,
                        1 - left);
            }
            if (next == 0) {
                return new Root(0, 0, 0);
            }
            weight = below;
        }
        return new Root(rounded(grid.loss(0)), Double.POSITIVE_INFINITY, 0);
    }

    /** What a tilted mass at a loss stands for, in units of δ. */
    private double weight(int j, double delta) {
        return StrictMath.exp(cumulant - StrictMath.log(delta) - grid.tilt() * grid.loss(j));
    }

    private double rounded(double epsilon) {
        return epsilon + shift + 64 * ULP * (1 + epsilon);
    }

    /** Tilted mass per nat around a loss. */
    private double density(int j) {
        int from = Math.max(0, j - 4);
        int to = Math.min(tilted.length - 1, j + 4);
        double sum = 0;
        for (int i = from; i <= to; i++) {
            sum += tilted[i];
        }
        return sum / ((to - from + 1) * grid.interval());
    }

    /** The circle cut open at the grid's lowest loss, without the negative masses that rounding leaves. */
    private double[] cut(double[] circle) {
        double[] line = new double[circle.length];
        int offset = (int) Math.floorMod(grid.first(), (long) circle.length);
        for (int j = 0; j < line.length; j++) {
            line[j] = Math.max(0, circle[(offset + j) & (circle.length - 1)]);
        }
        return line;
    }

    private static double norm(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    private static RealFft transform(int size) {
        return size > MOST_KEPT ? new RealFft(size) : TRANSFORMS.computeIfAbsent(size, RealFft::new);
    }
}
