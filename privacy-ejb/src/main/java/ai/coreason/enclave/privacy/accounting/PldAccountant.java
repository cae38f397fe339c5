package ai.coreason.enclave.privacy.accounting;

import ai.coreason.enclave.privacy.accounting.LossComposition.Root;
import ai.coreason.enclave.privacy.accounting.LossComposition.Term;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The accountant by privacy loss distributions of Poisson-subsampled Gaussian steps under add/remove adjacency of one
 * privacy unit: the larger ε of both directions, an upper bound within about 0.03 % of the truth (0.1 % where ε is below 0.001), but for the corners that
 * docs/ACCOUNTING.md names. Thread-safe.
 *
 * <p>Full-batch Gaussians alone are exact (Balle, Wang 2018), and so is one step alone ({@link OneStep}). Otherwise each step's loss distribution is discretised
 * upwards ({@link LossDiscretisation}) and composed by FFT under a tilt ({@link LossComposition}). The result is never above
 * {@link RdpAccountant}'s, which stands for it where the distribution cannot be resolved (losses beyond 600, or δ below
 * 1e-300). For phases that are fixed beforehand.
 */
public final class PldAccountant {
    /** The name this accountant puts into its results. */
    public static final String NAME = "PLD";

    /** The version of the method; a result adds the grid, as {@code 1+<losses>x<interval>}. */
    public static final String VERSION = "1";

    private static final double LEAST_NOISE = 0.05;
    private static final double MOST_LOSS = 1e5;
    /** Shares of a smaller δ are no doubles. */
    private static final double LEAST_DELTA = 1e-300;

    private static final int COARSER = 16;
    private static final double TAIL = 1e-8;
    private static final double TOLERANCE = 2e-4;
    private static final double ESTIMATE = 0.7;
    private static final double ABSOLUTE_TOLERANCE = 1e-6;

    /** The share of δ that may be lost to rounding before other grids are tried. */
    private static final double DOUBT = 1e-2;

    /** Most losses of a grid that lies around a guess, so that such a search ends soon. */
    private static final int MOST_OF_ESTIMATE = 1 << 20;

    private static final double[] STRONGER = {1.1, 1.2, 1.3, 1.5, 2};
    private static final int[] COARSENING = {1, 4, 16};

    /** Where no grid around the Rényi accountant's ε resolves the loss, those around these shares of it are tried. */
    private static final double[] ESTIMATES = {0.1, 0.01};

    private PldAccountant() {}

    /**
     * The privacy loss of all phases together, in any order.
     *
     * @param phases what was run, fixed beforehand; nothing costs nothing
     * @param delta δ in (0, 1)
     * @throws IllegalArgumentException if δ lies outside its range
     */
    public static PrivacyLoss epsilon(List<Phase> phases, double delta) {
        PrivacyLoss rdp = RdpAccountant.epsilon(phases, delta);
        if (rdp.epsilon() == 0 || rdp.epsilon() > MOST_LOSS || delta < LEAST_DELTA) {
            return new PrivacyLoss(rdp.epsilon(), delta, NAME, VERSION, Double.NaN);
        }
        Map<SubsampledGaussian, Double> steps = merged(phases);
        if (steps.size() == 1 && steps.keySet().iterator().next().q() == 1) {
            double sigma = steps.keySet().iterator().next().sigma();
            double epsilon = AnalyticGaussian.epsilon(1 / (sigma * sigma), delta, rdp.epsilon());
            return new PrivacyLoss(Math.min(epsilon, rdp.epsilon()), delta, NAME, VERSION, Double.NaN);
        }
        if (steps.size() == 1 && steps.values().iterator().next() == 1) {
            double epsilon = OneStep.epsilon(steps.keySet().iterator().next(), delta, rdp.epsilon());
            return new PrivacyLoss(Math.min(epsilon, rdp.epsilon()), delta, NAME, VERSION, Double.NaN);
        }
        return byDistribution(steps, RenyiCurve.of(phases), rdp);
    }

    /**
     * How many more steps may be run before the privacy loss passes a limit; see {@link RdpAccountant#affordableSteps}.
     */
    public static long affordableSteps(
            List<Phase> spent, double q, double sigma, double delta, double limit, long atMost) {
        List<Phase> phases = List.copyOf(spent);
        long enough = RdpAccountant.affordableSteps(phases, q, sigma, delta, limit, atMost);
        return Search.largest(enough, atMost, n -> {
            List<Phase> all = new ArrayList<>(phases);
            all.add(new Phase(q, sigma, n));
            return epsilon(all, delta).epsilon() / limit;
        });
    }

    /**
     * The least noise multiplier with which a number of steps fits a target; see {@link RdpAccountant#calibrate}.
     *
     * @return σ with ε(σ) ≤ target, within a relative 1e-6 above the least by this accountant; at least 0.05, or what
     *     {@link RdpAccountant} gives where that is less
     */
    public static double calibrate(double q, long steps, double delta, double targetEpsilon) {
        double enough = RdpAccountant.calibrate(q, steps, delta, targetEpsilon);
        return Search.leastNoise(
                Math.min(LEAST_NOISE, enough),
                enough,
                sigma -> epsilon(List.of(new Phase(q, sigma, steps)), delta).epsilon() / targetEpsilon);
    }

    /** Steps by mechanism, all full-batch Gaussians being one. */
    private static Map<SubsampledGaussian, Double> merged(List<Phase> phases) {
        Map<SubsampledGaussian, Double> steps = new LinkedHashMap<>();
        double precision = 0;
        for (Phase phase : phases) {
            double sigma = phase.noiseMultiplier();
            if (phase.samplingRate() == 1) {
                precision += phase.steps() / (sigma * sigma);
            } else {
                steps.merge(new SubsampledGaussian(phase.samplingRate(), sigma), (double) phase.steps(), Double::sum);
            }
        }
        if (precision > 0) {
            steps.put(new SubsampledGaussian(1, 1 / Math.sqrt(precision)), 1.0);
        }
        return steps;
    }

    private static PrivacyLoss byDistribution(
            Map<SubsampledGaussian, Double> steps, RenyiCurve curve, PrivacyLoss rdp) {
        double all = steps.values().stream().mapToDouble(Double::doubleValue).sum();
        GridChoice choice = new GridChoice(curve, rdp, all);
        Found best = new Found(rdp.epsilon(), null, 1);
        double estimate = best.epsilon();
        int tried = 0;
        LossGrid grid = choice.around(estimate);
        while (true) {
            Root root = root(steps, grid, rdp.delta());
            best = best.or(root, grid);
            double error = all * root.curvature() * grid.interval() * grid.interval() / 12;
            if (best.grid() == null && tried < ESTIMATES.length) {
                grid = choice.around(rdp.epsilon() * ESTIMATES[tried++]);
            } else if (root.epsilon() < ESTIMATE * estimate && root.epsilon() > ABSOLUTE_TOLERANCE) {
                estimate = best.epsilon();
                grid = choice.around(estimate);
            } else if (grid.size() < (tried == 0 ? GridChoice.MOST : MOST_OF_ESTIMATE)
                    && error > TOLERANCE * best.epsilon() + ABSOLUTE_TOLERANCE) {
                grid = error == Double.POSITIVE_INFINITY ? grid.lower() : grid.finer();
            } else {
                break;
            }
        }
        best = byOtherGrids(steps, choice, best, rdp.delta());
        String version = best.grid() == null ? VERSION : VERSION + "+" + best.grid();
        return new PrivacyLoss(best.epsilon(), rdp.delta(), NAME, version, Double.NaN);
    }

    /** The least ε so far, the grid that shows it, if one does, and the share of δ that it gives up for rounding. */
    private record Found(double epsilon, LossGrid grid, double doubt) {
        Found or(Root root, LossGrid by) {
            return root.epsilon() < epsilon ? new Found(root.epsilon(), by, root.doubt()) : this;
        }
    }

    /**
     * Where rounding takes a part of δ that shows, what grids of fewer losses under stronger tilts show. Every grid gives a
     * bound.
     */
    private static Found byOtherGrids(
            Map<SubsampledGaussian, Double> steps, GridChoice choice, Found known, double delta) {
        Found best = known;
        LossGrid grid = known.grid();
        if (grid == null || best.doubt() <= DOUBT) {
            return best;
        }
        for (double factor : STRONGER) {
            for (int coarser : COARSENING) {
                LossGrid other = grid.coarser(coarser).tilted(choice.tilt(factor));
                best = best.or(root(steps, other, delta), other);
            }
        }
        return best;
    }

    /**
     * The root of the direction with the larger ε. That is remove as far as known, but not proven: a coarse bound on add
     * settles it mostly.
     */
    private static Root root(Map<SubsampledGaussian, Double> steps, LossGrid grid, double delta) {
        Root remove = root(steps, grid, delta, LossDistribution.Pair::remove);
        if (root(steps, grid.coarser(COARSER), delta, LossDistribution.Pair::add)
                        .epsilon()
                <= remove.epsilon()) {
            return remove;
        }
        Root add = root(steps, grid, delta, LossDistribution.Pair::add);
        return add.epsilon() <= remove.epsilon() ? remove : add;
    }

    private static Root root(
            Map<SubsampledGaussian, Double> steps,
            LossGrid grid,
            double delta,
            Function<LossDistribution.Pair, LossDistribution> direction) {
        List<Term> terms = new ArrayList<>();
        for (Map.Entry<SubsampledGaussian, Double> entry : steps.entrySet()) {
            double count = entry.getValue();
            double tail = TAIL * delta / (count * steps.size());
            Optional<LossDistribution.Pair> pair = LossDiscretisation.of(entry.getKey(), grid.interval(), tail);
            if (pair.isEmpty()) {
                return Root.UNRESOLVED;
            }
            terms.add(new Term(direction.apply(pair.get()), count));
        }
        return new LossComposition(terms, grid).root(delta);
    }
}
