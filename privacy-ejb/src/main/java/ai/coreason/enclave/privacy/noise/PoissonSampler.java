package ai.coreason.enclave.privacy.noise;

import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import java.util.Arrays;

/**
 * Poisson sampling, as the amplification theorem wants it: each of n examples enters independently with probability q,
 * so that a batch may be of any size from 0 to n. Not thread-safe.
 */
public final class PoissonSampler {
    private final long threshold;
    private long[] drawn = new long[64];

    /** @param rate q, in (0, 1]; rounded down to a multiple of 2^-53 */
    public PoissonSampler(double rate) {
        this.threshold = (long) Math.floor(rate * 0x1p53);
    }

    /** The indices of one sample, ascending. */
    public long[] draw(int n, RandomBits bits) {
        int size = 0;
        for (int i = 0; i < n; i++) {
            if (bits.next() >>> 11 < threshold) {
                if (size == drawn.length) {
                    drawn = Arrays.copyOf(drawn, 2 * size);
                }
                drawn[size++] = i;
            }
        }
        return Arrays.copyOf(drawn, size);
    }
}
