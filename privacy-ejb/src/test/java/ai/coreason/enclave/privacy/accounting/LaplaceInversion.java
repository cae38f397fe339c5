package ai.coreason.enclave.privacy.accounting;

import java.util.List;

/**
 * The true ε of a composition without any discretisation of losses, as an oracle for the tests: δ(ε) is the inverse Laplace
 * transform of M(s) / (s (s+1)), M being the moment generating function of the composed privacy loss, taken along Re s = λ.
 * Source: Alghamdi, Gomez, Asoodeh, Calmon, Kosut, Sankar, "The saddle-point method in differential privacy", 2023.
 */
final class LaplaceInversion {
    private static final double NEGLIGIBLE = -24;
    private static final double BUDGET = 4e7;

    private final double lambda;
    private final double spacing;
    private final double[] log;
    private final double[] angle;
    private int nodes;

    private LaplaceInversion(List<Phase> phases, double delta, double lambda, double estimate, int sign) {
        this.lambda = lambda;
        double step = 1e-3 * lambda;
        double variance = (cumulant(phases, lambda + step, sign)
                        - 2 * cumulant(phases, lambda, sign)
                        + cumulant(phases, lambda - step, sign))
                / (step * step);
        double period = Math.max(
                (25 - Math.log(delta)) / lambda,
                10 * (4 * Math.sqrt(Math.max(0, variance)) + estimate) + Math.min(20, 400 / lambda));
        spacing = 2 * Math.PI / period;
        int points = phases.stream()
                .mapToInt(p -> new Moments(p, lambda, sign).points())
                .sum();
        int most = (int) Math.min(2_000_000, BUDGET / points);
        log = new double[most];
        angle = new double[most];
        fill(phases, sign);
    }

    /** The true ε, or NaN where it would take too long. */
    static double epsilon(List<Phase> phases, double delta) {
        PrivacyLoss rdp = RdpAccountant.epsilon(phases, delta);
        double lambda = rdp.order() - 1;
        double remove = new LaplaceInversion(phases, delta, lambda, rdp.epsilon(), 1).root(delta, rdp.epsilon());
        double add = new LaplaceInversion(phases, delta, lambda, rdp.epsilon(), -1).root(delta, rdp.epsilon());
        return Double.isNaN(remove) || Double.isNaN(add) ? Double.NaN : Math.max(remove, add);
    }

    private static double cumulant(List<Phase> phases, double lambda, int sign) {
        return phases.stream()
                .mapToDouble(p -> p.steps() * new Moments(p, lambda, sign).cumulant())
                .sum();
    }

    private void fill(List<Phase> phases, int sign) {
        List<Moments> moments = phases.stream()
                .map(p -> new Moments(p, lambda, sign).start(spacing))
                .toList();
        double first = cumulant(phases, lambda, sign) - Math.log(lambda * (lambda + 1));
        int small = 0;
        for (nodes = 0; nodes < log.length && small < 20; nodes++) {
            for (Moments m : moments) {
                m.next();
                log[nodes] += m.log();
                angle[nodes] += m.angle();
            }
            double theta = spacing * (nodes + 0.5);
            log[nodes] -= (Math.log(Math.hypot(lambda, theta)) + Math.log(Math.hypot(lambda + 1, theta)));
            angle[nodes] -= Math.atan2(theta, lambda) + Math.atan2(theta, lambda + 1);
            small = log[nodes] + Math.log(theta / lambda) < first + NEGLIGIBLE ? small + 1 : 0;
        }
    }

    private double root(double delta, double bound) {
        if (nodes == log.length) {
            return Double.NaN;
        }
        double low = 0;
        double high = bound;
        for (int i = 0; i < 50; i++) {
            double middle = (low + high) / 2;
            if (logDelta(middle) > Math.log(delta)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private double logDelta(double epsilon) {
        double sum = 0;
        for (int k = 0; k < nodes; k++) {
            double exponent = log[k] - log[0];
            if (exponent > -60) {
                sum += Math.exp(exponent) * Math.cos(angle[k] - spacing * (k + 0.5) * epsilon);
            }
        }
        return sum > 0 ? log[0] - lambda * epsilon + Math.log(sum * spacing / Math.PI) : Double.NEGATIVE_INFINITY;
    }

    /** log M(λ + iθ) of one phase at θ = spacing (k + 1/2), by the trapezoidal rule. */
    private static final class Moments {
        private final Phase phase;
        private final double power;
        private final double sign;
        private final double from;
        private final double width;
        private final int points;
        private double peak;
        private double[] losses;
        private double[] re;
        private double[] im;
        private double[] cos;
        private double[] sin;
        private double sumRe;
        private double sumIm;
        private double theta;
        private double spacing;
        private final double lambda;

        Moments(Phase phase, double lambda, int sign) {
            this.phase = phase;
            this.lambda = lambda;
            this.sign = sign;
            power = sign > 0 ? 1 + lambda : -lambda;
            double sigma = phase.noiseMultiplier();
            from = sign > 0 ? -12 : -12 - lambda / sigma;
            double to = sign > 0 ? Math.max(power, 2) / sigma + 12 : 12;
            width = Math.min(0.04, sigma / 40);
            points = phase.samplingRate() == 1 ? 1 : (int) Math.ceil((to - from) / width);
        }

        int points() {
            return points;
        }

        double cumulant() {
            if (phase.samplingRate() == 1) {
                return lambda * (lambda + 1) / 2 / Math.pow(phase.noiseMultiplier(), 2);
            }
            double[] exponents = exponents();
            double sum = 0;
            for (double exponent : exponents) {
                sum += Math.exp(exponent - peak);
            }
            return peak + Math.log(sum * width / Math.sqrt(2 * Math.PI));
        }

        private double[] exponents() {
            double q = phase.samplingRate();
            double sigma = phase.noiseMultiplier();
            SubsampledGaussian step = new SubsampledGaussian(q, sigma);
            double[] exponents = new double[points];
            losses = new double[points];
            peak = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < points; i++) {
                double x = from + i * width;
                losses[i] = step.loss(x * sigma);
                exponents[i] = power * losses[i] - x * x / 2;
                peak = Math.max(peak, exponents[i]);
            }
            return exponents;
        }

        Moments start(double spacing) {
            this.spacing = spacing;
            theta = -spacing / 2;
            if (phase.samplingRate() == 1) {
                return this;
            }
            double[] exponents = exponents();
            re = new double[points];
            im = new double[points];
            cos = new double[points];
            sin = new double[points];
            for (int i = 0; i < points; i++) {
                double weight = Math.exp(exponents[i] - peak) * width / Math.sqrt(2 * Math.PI);
                re[i] = weight * Math.cos(sign * theta * losses[i]);
                im[i] = weight * Math.sin(sign * theta * losses[i]);
                cos[i] = Math.cos(sign * spacing * losses[i]);
                sin[i] = Math.sin(sign * spacing * losses[i]);
            }
            return this;
        }

        void next() {
            theta += spacing;
            sumRe = 0;
            sumIm = 0;
            if (re == null) {
                return;
            }
            for (int i = 0; i < points; i++) {
                double turned = re[i] * cos[i] - im[i] * sin[i];
                im[i] = re[i] * sin[i] + im[i] * cos[i];
                re[i] = turned;
                sumRe += turned;
                sumIm += im[i];
            }
        }

        double log() {
            if (re == null) {
                double precision = phase.steps() / Math.pow(phase.noiseMultiplier(), 2);
                return precision * (lambda * (lambda + 1) - theta * theta) / 2;
            }
            return phase.steps() * (peak + Math.log(Math.hypot(sumRe, sumIm)));
        }

        double angle() {
            if (re == null) {
                double precision = phase.steps() / Math.pow(phase.noiseMultiplier(), 2);
                return precision * theta * (2 * lambda + 1) / 2;
            }
            return phase.steps() * Math.atan2(sumIm, sumRe);
        }
    }
}
