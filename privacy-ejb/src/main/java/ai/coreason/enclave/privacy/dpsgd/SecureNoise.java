package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.RandomBits;
import java.nio.FloatBuffer;

/**
 * Gaussian noise from a cryptographic key stream, hardened against attacks on floating-point samples. As unpredictable as
 * the stream's key. Not thread-safe.
 *
 * <p>A draw is (a + b + c + d) / 2 of four independent standard normal numbers, which is standard normal again. Who sees a
 * single floating-point sample can tell which values the sampler could have given at all, and with it which sums could
 * have been under the noise (Mironov 2012; Jin et al. 2022). Behind the sum of four lie so many combinations that the
 * search for one takes about 2^159 operations with 53-bit draws, and practically every number near is reached (Holohan and
 * Braghin 2021). The single draws are made by the ziggurat method with 256 layers (Marsaglia and Tsang 2000)
 * and an abscissa of 53 bits and a sign, where the original has 32 bits; the tail beyond 3.654 by Marsaglia (1964).
 *
 * <p>{@link #addTo} adds in double precision to the finished sum and rounds to a grid that follows from the scale alone,
 * 2^-21 to 2^-20 of it. So neither the spacing of floating-point numbers around a sum nor the low bits of noise and sum show
 * in what is released; to round is post-processing.
 *
 * <p>What this is not: a proof for finite arithmetic, as that of the discrete Gaussian. The guarantee of the Gaussian
 * mechanism is for real numbers; that the distribution on the grid is near enough to it is an argument, not a theorem. Nor
 * does it hide how long a draw takes.
 */
public final class SecureNoise {
    private static final int LAYERS = 256;
    private static final double TAIL = 3.6541528853610088;
    private static final double LAYER_AREA = 0.00492867323399;
    private static final int GRID_BITS = 20;

    /** Right edges of the layers, from the widest, which has the tail's area too, to 0; and the density there. */
    private static final double[] EDGE = new double[LAYERS + 1];

    private static final double[] DENSITY = new double[LAYERS + 1];

    static {
        EDGE[0] = LAYER_AREA / density(TAIL);
        EDGE[1] = TAIL;
        for (int i = 2; i < LAYERS; i++) {
            EDGE[i] = Math.sqrt(-2 * Math.log(LAYER_AREA / EDGE[i - 1] + density(EDGE[i - 1])));
        }
        for (int i = 0; i <= LAYERS; i++) {
            DENSITY[i] = density(EDGE[i]);
        }
    }

    private final RandomBits bits;

    /** Noise from a stream that nothing else reads. */
    public SecureNoise(RandomBits bits) {
        this.bits = bits;
    }

    /** The next draw from the standard normal distribution, of four. */
    public double next() {
        return (single() + single() + single() + single()) / 2;
    }

    /** The next single draw, by the ziggurat. */
    double single() {
        while (true) {
            long word = bits.next();
            int layer = (int) (word & (LAYERS - 1));
            double x = (word >> 10) * 0x1p-53 * EDGE[layer];
            if (Math.abs(x) < EDGE[layer + 1]) {
                return x;
            }
            if (layer == 0) {
                return x < 0 ? -tail() : tail();
            }
            double y = DENSITY[layer] + bits.unit() * (DENSITY[layer + 1] - DENSITY[layer]);
            if (y < density(x)) {
                return x;
            }
        }
    }

    /**
     * Adds a draw times a scale to every element from position to limit, and rounds to a grid; the position stays.
     *
     * @param scale the standard deviation, at least 0; with 0 nothing is added, drawn or rounded
     */
    public void addTo(FloatBuffer sum, double scale) {
        if (scale == 0) {
            return;
        }
        double grid = Math.scalb(1.0, Math.getExponent(scale) - GRID_BITS);
        for (int i = sum.position(); i < sum.limit(); i++) {
            sum.put(i, (float) (Math.rint((sum.get(i) + next() * scale) / grid) * grid));
        }
    }

    private double tail() {
        while (true) {
            double x = -Math.log(openUnit()) / TAIL;
            double y = -Math.log(openUnit());
            if (y + y >= x * x) {
                return TAIL + x;
            }
        }
    }

    private double openUnit() {
        return bits.unit() + 0x1p-54;
    }

    private static double density(double x) {
        return Math.exp(-0.5 * x * x);
    }
}
