package ai.coreason.enclave.privacy.noise;

import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import java.nio.FloatBuffer;

/**
 * Gaussian noise from a cryptographic key stream, hardened against attacks on floating-point samples. As unpredictable as
 * the stream's key. Not thread-safe.
 *
 * <p>Single draws are made by the ziggurat method (Marsaglia and Tsang 2000) with 1,024 layers and an abscissa of 53 bits and
 * a sign, where the original has 256 and 32 bits; the tail beyond 4.039 by Marsaglia (1964). {@link #addTo} adds in double precision
 * to the finished sum and rounds to a grid that follows from the scale alone, 2^-21 to 2^-20 of it. So neither the spacing of
 * floating-point numbers around a sum nor the low bits of noise and sum show in what is released; to round is
 * post-processing.
 *
 * <p>Who sees a single floating-point sample can tell which values the sampler could have given at all, and with it which
 * sums could have been under the noise (Mironov 2012; Jin et al. 2022). The form {@link NoiseForm#SUM_OF_FOUR} gives (a + b +
 * c + d) / 2 of four draws, which is standard normal again: behind it lie so many combinations that the search for one takes
 * about 2^159 operations with 53-bit draws, and practically every number near is reached (Holohan and Braghin 2021).
 *
 * <p>What this is not: a proof for finite arithmetic, as that of the discrete Gaussian. The guarantee of the Gaussian
 * mechanism is for real numbers; that the distribution on the grid is near enough to it is an argument, not a theorem. Nor
 * does it hide how long a draw takes.
 */
public final class SecureNoise {
    private static final int LAYERS = 1 << 10;
    private static final double TAIL = 4.0388498461095045;
    private static final double LAYER_AREA = 0.0012263246463530881;
    private static final int GRID_BITS = 20;

    /** Half way between two powers of two from which on doubles are whole numbers. */
    static final double ROUNDER = 0x1.8p52;

    /** Single draws that are made at a time, so that they stay in the processor's nearest cache. */
    public static final int BLOCK = 1 << 10;

    /** Right edges of the layers, from the widest, which has the tail's area too, to 0; and the density there. */
    private static final double[] EDGE = new double[LAYERS + 1];

    private static final double[] DENSITY = new double[LAYERS + 1];

    /** A unit of the abscissa in each layer. */
    private static final double[] STEP = new double[LAYERS];

    static {
        EDGE[0] = LAYER_AREA / density(TAIL);
        EDGE[1] = TAIL;
        for (int i = 2; i < LAYERS; i++) {
            EDGE[i] = Math.sqrt(-2 * Math.log(LAYER_AREA / EDGE[i - 1] + density(EDGE[i - 1])));
        }
        for (int i = 0; i <= LAYERS; i++) {
            DENSITY[i] = density(EDGE[i]);
        }
        for (int i = 0; i < LAYERS; i++) {
            STEP[i] = 0x1p-53 * EDGE[i];
        }
    }

    private final RandomBits bits;
    private final NoiseForm form;
    private final long[] words = new long[BLOCK];
    private final int[] beside = new int[BLOCK];
    private final double[] block = new double[BLOCK];
    private int drawn = BLOCK;

    /** Words for the rare cases, so that all that is read of the stream is whole blocks, its quick way. */
    private final long[] spare = new long[BLOCK];

    private int spent = BLOCK;

    /** Noise from a stream that nothing else reads. */
    public SecureNoise(RandomBits bits, NoiseForm form) {
        this.bits = bits;
        this.form = form;
    }

    /** The next draw from the standard normal distribution. */
    public double next() {
        return form == NoiseForm.GAUSSIAN ? single() : (single() + single() + single() + single()) / 2;
    }

    /**
     * Adds a draw times a scale to every element from position to limit, and rounds to a grid; the position stays.
     *
     * @param scale the standard deviation, at least 0; with 0 nothing is added, drawn or rounded
     */
    public void addTo(FloatBuffer sum, double scale) {
        float[] part = new float[BLOCK];
        double[] exact = new double[BLOCK];
        FloatBuffer from = sum.duplicate();
        FloatBuffer to = sum.duplicate();
        while (from.hasRemaining()) {
            int count = Math.min(BLOCK, from.remaining());
            from.get(part, 0, count);
            for (int i = 0; i < count; i++) {
                exact[i] = part[i];
            }
            addTo(exact, part, count, scale);
            to.put(part, 0, count);
        }
    }

    /**
     * Adds to a block of sums of double precision as {@link #addTo(FloatBuffer, double)} does, with the same draws.
     *
     * @param sum at least {@code count} elements
     * @param out gets the noised sums; at least {@code count} elements
     * @param count 0 to {@link #BLOCK}
     */
    public void addTo(double[] sum, float[] out, int count, double scale) {
        if (scale == 0) {
            for (int i = 0; i < count; i++) {
                out[i] = (float) sum[i];
            }
            return;
        }
        double rounder = rounder(scale);
        if (form == NoiseForm.GAUSSIAN) {
            addSingles(sum, out, count, scale, rounder);
        } else {
            for (int i = 0; i < count; i++) {
                out[i] = onGrid(sum[i] + next() * scale, rounder);
            }
        }
    }

    /**
     * A number with noise, rounded to the grid.
     *
     * @param scale the standard deviation; with 0 the number is given back as it is
     */
    public double noised(double sum, double scale) {
        if (scale == 0) {
            return sum;
        }
        double rounder = rounder(scale);
        return sum + next() * scale + rounder - rounder;
    }

    /** 1.5 * 2^52 steps of the grid of a scale. */
    private static double rounder(double scale) {
        return Math.scalb(ROUNDER, Math.getExponent(scale) - GRID_BITS);
    }

    /**
     * The nearest multiple of the grid, which is what doubles near the rounder are apart; ties to even. Of values beyond 2^51
     * steps of the grid, all a float tells are multiples of it. Not by {@link Math#rint}: where compilers choose registers
     * badly, its instruction waits for the one before, and a loop takes three times as long.
     *
     * @param rounder 1.5 * 2^52 steps of the grid
     */
    static float onGrid(double value, double rounder) {
        return (float) (value + rounder - rounder);
    }

    /** As {@link #draw}, but adds while the draws are in registers. */
    private void addSingles(double[] sum, float[] out, int count, double scale, double rounder) {
        bits.next(words);
        int rare = 0;
        for (int i = 0; i < count; i++) {
            int layer = (int) words[i] & LAYERS - 1;
            double x = (words[i] >> 10) * STEP[layer];
            if (Math.abs(x) < EDGE[layer + 1]) {
                out[i] = onGrid(sum[i] + x * scale, rounder);
            } else {
                beside[rare++] = i;
            }
        }
        for (int k = 0; k < rare; k++) {
            int i = beside[k];
            int layer = (int) words[i] & LAYERS - 1;
            double x = besideLayer(layer, (words[i] >> 10) * STEP[layer]);
            out[i] = onGrid(sum[i] + x * scale, rounder);
        }
    }

    /** The next single draw, by the ziggurat. */
    double single() {
        if (drawn == BLOCK) {
            draw();
        }
        return block[drawn++];
    }

    /** In two passes over a block, as the rare cases would slow the loop over the frequent one. */
    private void draw() {
        bits.next(words);
        int rare = 0;
        for (int i = 0; i < BLOCK; i++) {
            int layer = (int) words[i] & LAYERS - 1;
            double x = (words[i] >> 10) * STEP[layer];
            block[i] = x;
            if (!(Math.abs(x) < EDGE[layer + 1])) {
                beside[rare++] = i;
            }
        }
        for (int k = 0; k < rare; k++) {
            int i = beside[k];
            block[i] = besideLayer((int) words[i] & LAYERS - 1, block[i]);
        }
        drawn = 0;
    }

    /** The rare cases, one in 230: what lies under the curve but beside the next layer, and what is drawn anew. */
    private double besideLayer(int layer, double x) {
        if (layer == 0) {
            return x < 0 ? -tail() : tail();
        }
        double y = DENSITY[layer] + unit() * (DENSITY[layer + 1] - DENSITY[layer]);
        return y < density(x) ? x : anew();
    }

    private double anew() {
        long word = spareWord();
        int layer = (int) word & LAYERS - 1;
        double x = (word >> 10) * STEP[layer];
        return Math.abs(x) < EDGE[layer + 1] ? x : besideLayer(layer, x);
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
        return unit() + 0x1p-54;
    }

    /** A multiple of 2^-53 in [0, 1). */
    private double unit() {
        return (spareWord() >>> 11) * 0x1p-53;
    }

    private long spareWord() {
        if (spent == BLOCK) {
            bits.next(spare);
            spent = 0;
        }
        return spare[spent++];
    }

    private static double density(double x) {
        return Math.exp(-0.5 * x * x);
    }
}
