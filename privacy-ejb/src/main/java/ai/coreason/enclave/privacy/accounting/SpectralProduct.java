package ai.coreason.enclave.privacy.accounting;

import ai.coreason.enclave.privacy.accounting.RealFft.Spectrum;

/**
 * A product of powers of spectra of probability masses, that is the spectrum of their convolution, with a bound on what
 * rounding does to sums over the convolution. Mutable; for one thread.
 */
final class SpectralProduct {
    /** Values of the product below exp(-100) are taken as 0. */
    private static final double NEGLIGIBLE = -100;

    private final double rounding;
    private final double[] logs;
    private final double[] angles;
    /** Logarithms of upper bounds on the exact product. */
    private final double[] bounds;
    /** Sums over the factors of power times relative rounding. */
    private final double[] doubts;

    /**
     * @param size length N of the sequences
     * @param rounding a bound on the rounding of each spectral value
     */
    SpectralProduct(int size, double rounding) {
        this.rounding = rounding;
        logs = new double[size / 2 + 1];
        angles = new double[logs.length];
        bounds = new double[logs.length];
        doubts = new double[logs.length];
    }

    void multiply(Spectrum factor, double power) {
        double least = StrictMath.exp(NEGLIGIBLE / power);
        for (int i = 0; i < logs.length; i++) {
            double re = factor.re()[i];
            double im = factor.im()[i];
            double magnitude = Math.sqrt(re * re + im * im);
            double most = magnitude + rounding;
            if (most < least) {
                bounds[i] = Double.NEGATIVE_INFINITY;
            }
            if (bounds[i] >= NEGLIGIBLE) {
                bounds[i] += power * StrictMath.log(most);
                logs[i] += power * StrictMath.log(magnitude);
                angles[i] += power * StrictMath.atan2(im, re);
                doubts[i] += power * rounding / most;
            }
        }
    }

    Spectrum spectrum() {
        double[] re = new double[logs.length];
        double[] im = new double[logs.length];
        for (int i = 0; i < logs.length; i++) {
            if (bounds[i] >= NEGLIGIBLE) {
                double magnitude = StrictMath.exp(logs[i]);
                re[i] = magnitude * StrictMath.cos(angles[i]);
                im[i] = magnitude * StrictMath.sin(angles[i]);
            }
        }
        return new Spectrum(re, im);
    }

    /**
     * A bound on the rounding of Σ_j w_j c_j, c being the convolution and w any weights in [0, 1] that rise, then fall. By
     * summation by parts the spectrum of w is at most 1/sin(πk/N) at frequency k > 0, and at most N.
     */
    double doubt() {
        int half = logs.length - 1;
        double sum = doubts[0] * StrictMath.exp(bounds[0]);
        for (int k = 1; k <= half; k++) {
            sum += bounds[k] < NEGLIGIBLE
                    ? 2 * StrictMath.exp(NEGLIGIBLE)
                    : doubts[k] * StrictMath.exp(bounds[k]) / (half * StrictMath.sin(Math.PI * k / (2 * half)));
        }
        return sum;
    }
}
