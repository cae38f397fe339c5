package ai.coreason.enclave.privacy.accounting;

/**
 * A privacy loss distribution on a grid that dominates that of one step: its δ(ε) is nowhere less. Immutable.
 *
 * <p>Index i stands for the loss (first + i) Δ. The loss of a step is L = log dP/dQ under P (remove) or its negative
 * under Q (add), P = (1-q) N(0, σ²) + q N(1, σ²), Q = N(0, σ²). The mass between two grid points is split between them so
 * that both its P-mass and its Q-mass stay the same ("connect the dots"): as δ(ε) is the Q-mean of a convex function of
 * exp(L), this can only raise it. What lies beyond the grid goes to the next higher loss, above the grid to infinity.
 *
 * <p>Source: Doroshenko, Ghazi, Kamath, Kumar, Manurangsi, "Connect the dots: tighter discrete approximations of privacy
 * loss distributions", 2022; Zhu, Dong, Wang, "Optimal accounting of differential privacy via characteristic function",
 * 2022 (dominating pairs compose).
 *
 * @param interval Δ
 * @param first grid index of the first mass
 * @param logMass logarithms of the masses
 * @param infinity mass at infinite loss
 * @param rounding by how much rounding may have misplaced losses, in nats
 */
record LossDistribution(double interval, long first, double[] logMass, double infinity, double rounding) {
    private static final double ULP = Math.ulp(1.0);

    /** A step seen from both sides of add/remove adjacency. */
    record Pair(LossDistribution remove, LossDistribution add) {}

    /** Losses beyond this would overflow; the Rényi bound stands for them. */
    static final double MOST = 600;

    /**
     * @param step the mechanism
     * @param interval Δ
     * @param tail the most mass that may go to infinity
     */
    static Pair of(SubsampledGaussian step, double interval, double tail) {
        return new Discretisation(step, interval, tail).pair();
    }

    long last() {
        return first + logMass.length - 1;
    }

    double loss(int i) {
        return (first + i) * interval;
    }

    /** log Σ mass exp(λ loss), infinity left out. */
    double cumulant(double lambda) {
        double peak = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logMass.length; i++) {
            peak = Math.max(peak, logMass[i] + lambda * loss(i));
        }
        double sum = 0;
        for (int i = 0; i < logMass.length; i++) {
            sum += Math.exp(logMass[i] + lambda * loss(i) - peak);
        }
        return peak + Math.log(sum);
    }

    /** The masses times exp(λ loss - cumulant), folded onto a circle of {@code size} bins; bin 0 is loss 0. */
    double[] tilted(double lambda, double cumulant, int size) {
        double[] bins = new double[size];
        for (int i = 0; i < logMass.length; i++) {
            bins[(int) Math.floorMod(first + i, (long) size)] += Math.exp(logMass[i] + lambda * loss(i) - cumulant);
        }
        return bins;
    }

    /** A bound on the relative rounding of one tilted mass and its part in the cumulant. */
    double tiltRounding(double lambda) {
        double most = Math.max(Math.abs(loss(0)), Math.abs(loss(logMass.length - 1)));
        return ULP * (64 + 4 * lambda * most);
    }

    /** The work of discretising one step. */
    private static final class Discretisation {
        private final double q;
        private final double sigma;
        private final double interval;
        private final long first;
        private final double[] remove;
        private final double[] add;
        private double removeInfinity;
        private double addInfinity;

        Discretisation(SubsampledGaussian step, double interval, double tail) {
            this.q = step.q();
            this.sigma = step.sigma();
            this.interval = interval;
            double z = Math.sqrt(2 * Math.max(1, -Math.log(tail)));
            first = (long) Math.floor(loss(-sigma * z) / interval);
            long last = (long) Math.ceil(loss(1 + sigma * z) / interval);
            remove = new double[(int) (last - first + 1)];
            add = new double[remove.length];
        }

        Pair pair() {
            double x = threshold(first * interval);
            double z0 = x / sigma;
            double z1 = (x - 1) / sigma;
            double t0 = tail(z0);
            double t1 = tail(z1);
            if (x > Double.NEGATIVE_INFINITY) {
                addInfinity = z0 < 0 ? t0 : 1;
                remove[0] += (1 - q) * (z0 < 0 ? t0 : 1) + q * (z1 < 0 ? t1 : 1);
            }
            double scale = -Math.expm1(-interval);
            for (int i = 0; i + 1 < remove.length; i++) {
                double upper = (first + i + 1) * interval;
                double nextX = threshold(upper);
                double next0 = nextX / sigma;
                double next1 = (nextX - 1) / sigma;
                double nextT0 = tail(next0);
                double nextT1 = tail(next1);
                double r = between(z0, t0, next0, nextT0);
                double p = (1 - q) * r + q * between(z1, t1, next1, nextT1);
                double low = Math.exp((first + i) * interval);
                double high = Math.exp(upper);
                double margin = 16
                        * ULP
                        * ((1 - q) * Math.max(t0, nextT0) + q * Math.max(t1, nextT1) + low * Math.max(t0, nextT0));
                double up = Math.min(p, Math.max(0, (p - r * low + margin) / scale));
                remove[i] += p - up;
                remove[i + 1] += up;
                double down = Math.min(r, Math.max(0, (r - p / high + margin / low) / scale));
                add[i] += down;
                add[i + 1] += r - down;
                z0 = next0;
                z1 = next1;
                t0 = nextT0;
                t1 = nextT1;
            }
            double above0 = z0 > 0 ? t0 : 1 - t0;
            removeInfinity = (1 - q) * above0 + q * (z1 > 0 ? t1 : 1 - t1);
            remove[remove.length - 1] += above0 * Math.exp((first + remove.length - 1) * interval);
            add[add.length - 1] += above0;
            return new Pair(
                    distribution(remove, first, removeInfinity), distribution(reversed(add), -last(), addInfinity));
        }

        private long last() {
            return first + remove.length - 1;
        }

        private LossDistribution distribution(double[] mass, long from, double infinity) {
            double[] logs = new double[mass.length];
            for (int i = 0; i < mass.length; i++) {
                logs[i] = Math.log(mass[i]);
            }
            double most = Math.max(Math.abs(first), Math.abs(last())) * interval;
            return new LossDistribution(interval, from, logs, infinity, 8 * ULP * (2 + most - Math.log(q)));
        }

        private static double[] reversed(double[] mass) {
            double[] reversed = new double[mass.length];
            for (int i = 0; i < mass.length; i++) {
                reversed[i] = mass[mass.length - 1 - i];
            }
            return reversed;
        }

        /** L at x. */
        private double loss(double x) {
            double w = (x - 0.5) / (sigma * sigma);
            if (q == 1) {
                return w;
            }
            return w > MOST ? w + Math.log(q + (1 - q) * Math.exp(-w)) : Math.log1p(q * Math.expm1(w));
        }

        /** The x at which L is the given loss; minus infinity where L is always more. */
        private double threshold(double loss) {
            if (q == 1) {
                return sigma * sigma * loss + 0.5;
            }
            double excess = loss < -1 ? Math.exp(loss) - (1 - q) : Math.expm1(loss) + q;
            return excess <= 0 ? Double.NEGATIVE_INFINITY : sigma * sigma * Math.log(excess / q) + 0.5;
        }

        /** Pr[Z beyond z], on its own side. */
        private static double tail(double z) {
            return NormalTail.above(Math.abs(z));
        }

        /** Pr[from &lt; Z ≤ to], by the tails on the side where they are small. */
        private static double between(double from, double fromTail, double to, double toTail) {
            if (from > 0) {
                return Math.max(0, fromTail - toTail);
            }
            return to < 0 ? Math.max(0, toTail - fromTail) : 1 - fromTail - toTail;
        }
    }
}
