package ai.coreason.enclave.privacy.accounting;

/**
 * The discrete Fourier transform of real sequences whose length N is a power of two, at least 4. Immutable and
 * thread-safe.
 *
 * <p>A complex Stockham transform of length N/2 in radix 4, and the usual split into the spectrum of the real sequence.
 * Source: Van Loan, "Computational frameworks for the fast Fourier transform", 1992, sections 1.7, 2.4 and 4.3.
 */
final class RealFft {
    private final int size;
    private final double[] cos;
    private final double[] sin;

    RealFft(int size) {
        if (size < 4 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("size: expected a power of two >= 4, got " + size);
        }
        this.size = size;
        cos = new double[3 * size / 4];
        sin = new double[3 * size / 4];
        for (int k = 0; k < cos.length; k++) {
            double angle = 2 * Math.PI * k / size;
            cos[k] = StrictMath.cos(angle);
            sin[k] = StrictMath.sin(angle);
        }
    }

    /** Frequencies 0 to N/2 of a real sequence: Σ_j x_j exp(-2πi jk/N). */
    record Spectrum(double[] re, double[] im) {}

    /**
     * A bound on the rounding error of a transform: of each of its values in units of the sum of the absolute inputs, and of
     * all in the 2-norm in units of their exact norm. Each stage, orthogonal up to scale, adds a few roundings.
     */
    double roundingBound() {
        return Math.ulp(1.0) * (2 * Integer.numberOfTrailingZeros(size) + 8);
    }

    Spectrum forward(double[] x) {
        int half = size / 2;
        double[] re = new double[half];
        double[] im = new double[half];
        for (int k = 0; k < half; k++) {
            re[k] = x[2 * k];
            im[k] = x[2 * k + 1];
        }
        double[][] z = complex(re, im);
        double[] outRe = new double[half + 1];
        double[] outIm = new double[half + 1];
        for (int k = 0; k <= half; k++) {
            int low = k % half;
            int high = (half - k) % half;
            double evenRe = (z[0][low] + z[0][high]) / 2;
            double evenIm = (z[1][low] - z[1][high]) / 2;
            double oddRe = (z[1][low] + z[1][high]) / 2;
            double oddIm = (z[0][high] - z[0][low]) / 2;
            outRe[k] = evenRe + cos[k] * oddRe + sin[k] * oddIm;
            outIm[k] = evenIm + cos[k] * oddIm - sin[k] * oddRe;
        }
        return new Spectrum(outRe, outIm);
    }

    /** The real sequence with the given spectrum: the inverse of {@link #forward}. */
    double[] inverse(Spectrum spectrum) {
        int half = size / 2;
        double[] re = new double[half];
        double[] im = new double[half];
        for (int k = 0; k < half; k++) {
            double evenRe = spectrum.re[k] + spectrum.re[half - k];
            double evenIm = spectrum.im[k] - spectrum.im[half - k];
            double differenceRe = spectrum.re[k] - spectrum.re[half - k];
            double differenceIm = spectrum.im[k] + spectrum.im[half - k];
            double oddRe = differenceRe * cos[k] - differenceIm * sin[k];
            double oddIm = differenceRe * sin[k] + differenceIm * cos[k];
            re[k] = evenRe - oddIm;
            im[k] = evenIm + oddRe;
        }
        double[][] z = complex(im, re);
        double[] x = new double[size];
        for (int k = 0; k < half; k++) {
            x[2 * k] = z[1][k] / size;
            x[2 * k + 1] = z[0][k] / size;
        }
        return x;
    }

    /** The complex transform of length N/2; uses its arguments as working space. */
    private double[][] complex(double[] re, double[] im) {
        double[][] from = {re, im};
        double[][] to = {new double[re.length], new double[re.length]};
        int length = re.length;
        int stride = 1;
        while (length > 1) {
            if (length % 4 == 0) {
                radix4(length, stride, from, to);
                length /= 4;
                stride *= 4;
            } else {
                radix2(stride, from, to);
                length /= 2;
                stride *= 2;
            }
            double[][] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    /** The last stage where the exponent of the length is odd. */
    private static void radix2(int stride, double[][] from, double[][] to) {
        for (int part = 0; part < 2; part++) {
            double[] x = from[part];
            double[] y = to[part];
            for (int q = 0; q < stride; q++) {
                y[q] = x[q] + x[q + stride];
                y[q + stride] = x[q] - x[q + stride];
            }
        }
    }

    private void radix4(int length, int stride, double[][] from, double[][] to) {
        int quarter = length / 4;
        int turn = size / length;
        for (int p = 0; p < quarter; p++) {
            int w = p * turn;
            butterflies(from[0], from[1], to[0], to[1], stride * p, stride * quarter, stride, w);
        }
    }

    private void butterflies(
            double[] re, double[] im, double[] outRe, double[] outIm, int at, int quarter, int stride, int w) {
        double c1 = cos[w];
        double s1 = sin[w];
        double c2 = cos[2 * w];
        double s2 = sin[2 * w];
        double c3 = cos[3 * w];
        double s3 = sin[3 * w];
        int out = 4 * at;
        for (int q = 0; q < stride; q++) {
            int i = at + q;
            double acRe = re[i] + re[i + 2 * quarter];
            double acIm = im[i] + im[i + 2 * quarter];
            double a_cRe = re[i] - re[i + 2 * quarter];
            double a_cIm = im[i] - im[i + 2 * quarter];
            double bdRe = re[i + quarter] + re[i + 3 * quarter];
            double bdIm = im[i + quarter] + im[i + 3 * quarter];
            double b_dRe = re[i + quarter] - re[i + 3 * quarter];
            double b_dIm = im[i + quarter] - im[i + 3 * quarter];
            int o = out + q;
            outRe[o] = acRe + bdRe;
            outIm[o] = acIm + bdIm;
            double r1 = a_cRe + b_dIm;
            double i1 = a_cIm - b_dRe;
            outRe[o + stride] = r1 * c1 + i1 * s1;
            outIm[o + stride] = i1 * c1 - r1 * s1;
            double r2 = acRe - bdRe;
            double i2 = acIm - bdIm;
            outRe[o + 2 * stride] = r2 * c2 + i2 * s2;
            outIm[o + 2 * stride] = i2 * c2 - r2 * s2;
            double r3 = a_cRe - b_dIm;
            double i3 = a_cIm + b_dRe;
            outRe[o + 3 * stride] = r3 * c3 + i3 * s3;
            outIm[o + 3 * stride] = i3 * c3 - r3 * s3;
        }
    }
}
