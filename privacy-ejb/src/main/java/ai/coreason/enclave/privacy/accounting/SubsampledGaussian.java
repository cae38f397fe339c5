package ai.coreason.enclave.privacy.accounting;

/**
 * One step of the Poisson-subsampled Gaussian mechanism, seen through its Rényi divergence. Immutable.
 *
 * <p>With P = (1-q) N(0, σ²) + q N(1, σ²) and Q = N(0, σ²), D_α(P‖Q) bounds both directions of add/remove adjacency.
 * Writing u(x) = q (exp(x/σ - 1/(2σ²)) - 1) for x standard normal, E[u] = 0, and therefore
 *
 * <pre>  exp((α-1) D_α) - 1 = E[(1+u)^α - 1 - αu] </pre>
 *
 * whose integrand is nowhere negative: nothing cancels, however small the divergence is. The integrand is analytic in
 * the strip |Im x| &lt; πσ and decays like a Gaussian, so the trapezoidal rule on the real line converges geometrically.
 *
 * <p>Sources: Mironov, Talwar, Zhang, "Rényi differential privacy of the sampled Gaussian mechanism", 2019, theorems 4
 * and 5; Trefethen, Weideman, "The exponentially convergent trapezoidal rule", 2014, theorem 5.1.
 *
 * @param q sampling rate
 * @param sigma noise multiplier
 */
record SubsampledGaussian(double q, double sigma) {
    /** The Gaussian weight left out at either end is below exp(-9²/2) = 3e-18 of the integral. */
    private static final double TAIL = 9;

    private static final int MOST_POINTS = 50_000;
    /** Powers whose logarithm is larger are summed by their logarithms; 1 + αu is nothing beside them. */
    private static final double LARGE = 500;

    /** Covers the rounding of the sum, so that the figure does not fall below the divergence. */
    private static final double ROUNDING = 1 + 1e-12;

    /**
     * The Rényi divergence of one step.
     *
     * @param alpha order, at least 1; order 1 is the Kullback-Leibler divergence
     */
    double rdp(double alpha) {
        if (q == 1) {
            return alpha / (2 * sigma * sigma);
        }
        double step = quadratureStep();
        double from = -TAIL;
        double to = Math.max(alpha, 2) / sigma + TAIL;
        if (!((to - from) / step <= MOST_POINTS)) {
            return convexityBound(alpha);
        }
        return quadrature(alpha, from, to, step) * ROUNDING;
    }

    /** The privacy loss log dP/dQ at x. */
    double loss(double x) {
        double w = (x - 0.5) / (sigma * sigma);
        if (q == 1) {
            return w;
        }
        return w > LARGE
                ? w + StrictMath.log(q + (1 - q) * StrictMath.exp(-w))
                : StrictMath.log1p(q * StrictMath.expm1(w));
    }

    private double quadrature(double alpha, double from, double to, double step) {
        double beta = alpha - 1;
        double drift = 1 / (2 * sigma * sigma);
        double sum = 0;
        double peak = Double.NEGATIVE_INFINITY;
        double large = 0;
        int last = (int) Math.ceil((to - from) / step);
        for (int i = 0; i <= last; i++) {
            double x = from + i * step;
            double w = x / sigma - drift;
            double u = q * StrictMath.expm1(w);
            double log = w > LARGE ? w + StrictMath.log(q + (1 - q) * StrictMath.exp(-w)) : StrictMath.log1p(u);
            double exponent = alpha * log - x * x / 2;
            if (alpha * log <= LARGE && w <= LARGE) {
                sum += excess(u, log, beta) * StrictMath.exp(-x * x / 2);
            } else if (exponent > peak) {
                large = large * StrictMath.exp(peak - exponent) + 1;
                peak = exponent;
            } else {
                large += StrictMath.exp(exponent - peak);
            }
        }
        double weight = step / Math.sqrt(2 * Math.PI);
        if (peak > LARGE) {
            return (peak + StrictMath.log((large + beta * sum * StrictMath.exp(-peak)) * weight)) / beta;
        }
        double mean = (sum + large * StrictMath.exp(peak) / beta) * weight;
        return beta == 0 ? sum * weight : StrictMath.log1p(beta * mean) / beta;
    }

    /** ((1+u)^α - 1 - αu) / β with α = 1 + β; its limit for β = 0. */
    private static double excess(double u, double log, double beta) {
        double alpha = beta + 1;
        if (alpha * Math.abs(u) < 0.1) {
            double series = 0;
            for (int k = 17; k >= 2; k--) {
                series = 1 + (alpha - k) / (k + 1) * u * series;
            }
            return alpha / 2 * u * u * series;
        }
        if (u <= -1) {
            return 1;
        }
        double growth = beta * log;
        return (beta == 0 ? (1 + u) * log : (1 + u) * StrictMath.expm1(growth) / beta) - u;
    }

    /** Spacing at which the rule's error, exp(d²/2 - 2πd/h) with d within the strip, is below 1e-15 of the integral. */
    private double quadratureStep() {
        double d = Math.min(Math.PI * sigma, 10);
        return Math.min(0.6, 2 * Math.PI * d / (36 + d * d / 2));
    }

    /**
     * An upper bound for the far corners (σ below about 0.02, orders of many thousands times σ), where it is tight and
     * the sum would be long: by Minkowski's inequality ‖1-q + q e^w‖_α ≤ 1-q + q ‖e^w‖_α.
     */
    private double convexityBound(double alpha) {
        double exponent = (alpha - 1) / (2 * sigma * sigma);
        double log = exponent > LARGE
                ? exponent + StrictMath.log(q + (1 - q) * StrictMath.exp(-exponent))
                : StrictMath.log1p(q * StrictMath.expm1(exponent));
        return alpha / (alpha - 1) * log * ROUNDING;
    }
}
