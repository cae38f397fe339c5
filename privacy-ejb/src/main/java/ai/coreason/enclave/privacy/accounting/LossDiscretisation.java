package ai.coreason.enclave.privacy.accounting;

import java.util.Optional;

/**
 * The discretisation of one step's privacy loss L = log dP/dQ, P = (1-q) N(0, σ²) + q N(1, σ²), Q = N(0, σ²), in both
 * directions: L under P (remove) and -L under Q (add). For one thread.
 *
 * <p>The mass between two grid points is split between them so that both its P-mass and its Q-mass stay the same ("connect
 * the dots"): as δ(ε) is the Q-mean (P-mean) of a convex function of exp(L) (exp(-L)), this can only raise it. What lies
 * beyond the grid goes to the next higher loss, above the grid to infinity. Where rounding leaves the split in doubt, the
 * doubt goes to the higher loss.
 *
 * <p>Source: Doroshenko, Ghazi, Kamath, Kumar, Manurangsi, "Connect the dots: tighter discrete approximations of privacy
 * loss distributions", 2022; Zhu, Dong, Wang, "Optimal accounting of differential privacy via characteristic function",
 * 2022 (dominating pairs compose).
 */
final class LossDiscretisation {
    private static final double ULP = Math.ulp(1.0);
    /** Losses beyond this could overflow. */
    private static final double MOST_LOSS = 600;

    private static final double MOST_CELLS = 1 << 23;

    private final double q;
    private final double sigma;
    private final double interval;
    private final long first;
    private final double[] remove;
    private final double[] add;

    private LossDiscretisation(SubsampledGaussian step, double interval, double least, double most) {
        q = step.q();
        sigma = step.sigma();
        this.interval = interval;
        first = (long) Math.floor(least / interval);
        remove = new double[(int) ((long) Math.ceil(most / interval) - first + 1)];
        add = new double[remove.length];
    }

    /**
     * The distributions of one step; empty where it has losses beyond 600 or too many for the interval.
     *
     * @param interval Δ in nats
     * @param tail the most mass that may go to infinity
     */
    static Optional<LossDistribution.Pair> of(SubsampledGaussian step, double interval, double tail) {
        double reach = step.sigma() * Math.sqrt(2 * Math.max(1, -StrictMath.log(tail)));
        double least = step.loss(-reach);
        double most = step.loss(1 + reach);
        if (!(least > -MOST_LOSS && most < MOST_LOSS && (most - least) / interval < MOST_CELLS)) {
            return Optional.empty();
        }
        return Optional.of(new LossDiscretisation(step, interval, least, most).pair());
    }

    private LossDistribution.Pair pair() {
        Edge edge = edge(0);
        double below = edge.under0.below();
        remove[0] = (1 - q) * below + q * edge.under1.below();
        for (int i = 0; i + 1 < remove.length; i++) {
            Edge next = edge(i + 1);
            split(i, edge, next);
            edge = next;
        }
        int last = remove.length - 1;
        double above = edge.under0.above();
        remove[last] += above * StrictMath.exp(loss(last));
        add[last] += above;
        double most = Math.max(Math.abs(loss(0)), Math.abs(loss(last)));
        double rounding = 8 * ULP * (2 + most - StrictMath.log(q) + 1 / (sigma * sigma));
        double infinity = (1 - q) * above + q * edge.under1.above();
        return new LossDistribution.Pair(
                new LossDistribution(interval, first, logs(remove), infinity, rounding),
                new LossDistribution(interval, -first - last, logs(reversed(add)), below, rounding));
    }

    /** Splits the mass between losses i and i + 1: up for remove, down for add, by as much as rounding leaves open. */
    private void split(int i, Edge from, Edge to) {
        double ofQ = between(from.under0, to.under0);
        double ofP = (1 - q) * ofQ + q * between(from.under1, to.under1);
        double tail0 = Math.max(from.under0.tail, to.under0.tail);
        double tail1 = Math.max(from.under1.tail, to.under1.tail);
        double reach = Math.min(40, Math.max(Math.abs(from.under1.z), Math.abs(to.under0.z)));
        double doubt = 4 * ULP * (4 + reach * reach) * ((1 - q + from.ratio) * tail0 + q * tail1);
        double scale = -StrictMath.expm1(-interval);
        double up = Math.min(ofP, Math.max(0, (ofP - ofQ * from.ratio + doubt) / scale));
        remove[i] += ofP - up;
        remove[i + 1] += up;
        double down = Math.min(ofQ, Math.max(0, (ofQ - ofP / to.ratio + doubt / from.ratio) / scale));
        add[i] += down;
        add[i + 1] += ofQ - down;
    }

    /** A point of the grid: exp(loss) and the x that has the loss, in standard units under N(0, σ²) and N(1, σ²). */
    private record Edge(double ratio, Standard under0, Standard under1) {}

    /** A standard normal's z and the mass beyond it, on the side where that is small. */
    private record Standard(double z, double tail) {
        static Standard of(double z) {
            return new Standard(z, NormalTail.above(Math.abs(z)));
        }

        double above() {
            return z > 0 ? tail : 1 - tail;
        }

        double below() {
            return z < 0 ? tail : 1 - tail;
        }
    }

    private Edge edge(int i) {
        double x = threshold(loss(i));
        return new Edge(StrictMath.exp(loss(i)), Standard.of(x / sigma), Standard.of((x - 1) / sigma));
    }

    private static double between(Standard from, Standard to) {
        if (from.z > 0) {
            return Math.max(0, from.tail - to.tail);
        }
        return to.z < 0 ? Math.max(0, to.tail - from.tail) : 1 - from.tail - to.tail;
    }

    private double loss(int i) {
        return (first + i) * interval;
    }

    /** The x at which L is the given loss; minus infinity where L is always more. */
    private double threshold(double loss) {
        if (q == 1) {
            return sigma * sigma * loss + 0.5;
        }
        double excess = loss < -1 ? StrictMath.exp(loss) - (1 - q) : StrictMath.expm1(loss) + q;
        return excess <= 0 ? Double.NEGATIVE_INFINITY : sigma * sigma * StrictMath.log(excess / q) + 0.5;
    }

    private static double[] logs(double[] masses) {
        double[] logs = new double[masses.length];
        for (int i = 0; i < masses.length; i++) {
            logs[i] = StrictMath.log(masses[i]);
        }
        return logs;
    }

    private static double[] reversed(double[] values) {
        double[] reversed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return reversed;
    }
}
