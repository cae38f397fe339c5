package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.RandomBits;
import java.nio.FloatBuffer;

/**
 * Independent draws from the standard normal distribution, made from a cryptographic key stream by the ziggurat method
 * with 256 layers (Marsaglia and Tsang 2000) and an abscissa of 53 bits and a sign, where the original has 32 bits; the
 * tail beyond 3.654 by Marsaglia (1964). As unpredictable as the stream's key. Not thread-safe.
 *
 * <p>The guarantee of the Gaussian mechanism is for real numbers; here they are rounded, to double precision when drawn
 * and to single when added.
 */
public final class SecureNoise {
    private static final int LAYERS = 256;
    private static final double TAIL = 3.6541528853610088;
    private static final double LAYER_AREA = 0.00492867323399;

    /** Right edges of the layers, from the widest, which has the tail's area too, to 0; and the density there. */
    private static final double[] EDGE = new double[LAYERS + 1];

    private static final double[] DENSITY = new double[LAYERS + 1];

    /** A unit of the abscissa in each layer. */
    private static final double[] STEP = new double[LAYERS];

    /** Elements that are drawn at a time, so that they stay in the processor's nearest cache. */
    private static final int CHUNK = 1 << 10;

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

    /** Noise from a stream that nothing else reads. */
    public SecureNoise(RandomBits bits) {
        this.bits = bits;
    }

    /** The next draw. */
    public double next() {
        long word = bits.next();
        int layer = (int) word & LAYERS - 1;
        double x = (word >> 10) * STEP[layer];
        return Math.abs(x) < EDGE[layer + 1] ? x : besideLayer(layer, x);
    }

    /** The rare cases, one in seventy: what lies under the curve but beside the next layer, and what is drawn anew. */
    private double besideLayer(int layer, double x) {
        if (layer == 0) {
            return x < 0 ? -tail() : tail();
        }
        double y = DENSITY[layer] + bits.unit() * (DENSITY[layer + 1] - DENSITY[layer]);
        return y < density(x) ? x : next();
    }

    /**
     * Sets every element from position to limit to a draw times a scale; the position stays.
     *
     * @param scale the standard deviation; 0 sets zeros and draws nothing
     */
    public void fill(FloatBuffer target, double scale) {
        FloatBuffer rest = target.duplicate();
        float[] draws = new float[CHUNK];
        long[] words = new long[CHUNK];
        int[] beside = new int[CHUNK];
        while (rest.hasRemaining()) {
            if (scale != 0) {
                draw(draws, scale, words, beside);
            }
            rest.put(draws, 0, Math.min(CHUNK, rest.remaining()));
        }
    }

    /** In two passes over a block, as the rare cases would slow the loop over the frequent one. */
    private void draw(float[] draws, double scale, long[] words, int[] beside) {
        bits.next(words);
        int rare = 0;
        for (int i = 0; i < draws.length; i++) {
            int layer = (int) words[i] & LAYERS - 1;
            double x = (words[i] >> 10) * STEP[layer];
            draws[i] = (float) (x * scale);
            if (!(Math.abs(x) < EDGE[layer + 1])) {
                beside[rare++] = i;
            }
        }
        for (int k = 0; k < rare; k++) {
            int i = beside[k];
            int layer = (int) words[i] & LAYERS - 1;
            draws[i] = (float) (besideLayer(layer, (words[i] >> 10) * STEP[layer]) * scale);
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
