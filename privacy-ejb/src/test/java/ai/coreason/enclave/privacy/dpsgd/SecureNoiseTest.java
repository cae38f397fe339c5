package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Four million draws under a fresh key. A statistic that is normal for large samples may lie 6.5 standard deviations off:
 * with the right distribution that happens with probability 8e-11; seven statistics and the two tests of the whole
 * distribution make less than 1e-9 together.
 */
class SecureNoiseTest {
    private static final int N = 4_000_000;
    private static final double SIGMAS = 6.5;
    private static final double TAIL = 3.6541528853610088;
    private static final double[] DRAWS = new double[N];

    @BeforeAll
    static void draw() {
        SecureNoise noise = new SecureNoise(new KeyStream(NoiseKeys.fresh().noise(1)));
        for (int i = 0; i < N; i++) {
            DRAWS[i] = noise.next();
        }
    }

    private static double moment(int power) {
        return Arrays.stream(DRAWS).map(x -> Math.pow(x, power)).sum() / N;
    }

    private static void requireNormal(double value, double expected, double deviation) {
        assertThat(Math.abs(value - expected) / deviation).isLessThan(SIGMAS);
    }

    @Test
    void next_manyDraws_haveTheMomentsOfTheNormalDistribution() {
        requireNormal(moment(1), 0, 1 / Math.sqrt(N));
        requireNormal(moment(2), 1, Math.sqrt(2.0 / N));
        requireNormal(moment(3), 0, Math.sqrt(15.0 / N));
        requireNormal(moment(4), 3, Math.sqrt(96.0 / N));
    }

    @Test
    void next_neighbours_areUncorrelated() {
        double sum = 0;
        for (int i = 1; i < N; i++) {
            sum += DRAWS[i - 1] * DRAWS[i];
        }
        requireNormal(sum / (N - 1), 0, 1 / Math.sqrt(N - 1.0));
    }

    @Test
    void next_tailBeyondTheLayers_hasItsShareAndItsMean() {
        double[] tail =
                Arrays.stream(DRAWS).map(Math::abs).filter(x -> x > TAIL).toArray();
        double share = 2 * upper(TAIL);
        requireNormal(tail.length, N * share, Math.sqrt(N * share));
        double hazard = Math.exp(-TAIL * TAIL / 2) / Math.sqrt(2 * Math.PI) / upper(TAIL);
        double deviation = Math.sqrt(1 + TAIL * hazard - hazard * hazard);
        requireNormal(Arrays.stream(tail).average().orElseThrow(), hazard, deviation / Math.sqrt(tail.length));
    }

    /** Kolmogorov-Smirnov; sqrt(n) D above 3.6 has probability 2 exp(-2 * 3.6^2) = 1e-11. */
    @Test
    void next_manyDraws_followTheNormalDistributionFunction() {
        double[] sorted = DRAWS.clone();
        Arrays.sort(sorted);
        double distance = 0;
        for (int i = 0; i < N; i++) {
            double p = 1 - upper(sorted[i]);
            distance = Math.max(distance, Math.max(p - i / (double) N, (i + 1) / (double) N - p));
        }
        assertThat(Math.sqrt(N) * distance).isLessThan(3.6);
    }

    /** Chi-square over 400 cells of equal probability; normal with mean 399 and variance 798 for so many degrees. */
    @Test
    void next_manyDraws_fillEqualCellsEqually() {
        int[] cells = new int[400];
        for (double x : DRAWS) {
            cells[Math.min(399, (int) ((1 - upper(x)) * 400))]++;
        }
        double expected = N / 400.0;
        double chi = Arrays.stream(cells)
                .mapToDouble(c -> (c - expected) * (c - expected) / expected)
                .sum();
        assertThat(chi).isBetween(399 - 8 * Math.sqrt(798), 399 + 8 * Math.sqrt(798));
    }

    @Test
    void fill_partOfABuffer_scalesTheSameDraws() {
        byte[] key = new byte[32];
        FloatBuffer buffer = FloatBuffer.allocate(5);
        buffer.position(1).limit(4);
        new SecureNoise(new KeyStream(key)).fill(buffer, 2.5);
        SecureNoise same = new SecureNoise(new KeyStream(key));
        float[] expected = {0, (float) (2.5 * same.next()), (float) (2.5 * same.next()), (float) (2.5 * same.next()), 0
        };
        assertThat(buffer.array()).containsExactly(expected);
        assertThat(buffer.position()).isEqualTo(1);
    }

    @Test
    void fill_scaleZero_clears() {
        FloatBuffer buffer = FloatBuffer.wrap(new float[] {1, 2, 3});
        new SecureNoise(new KeyStream(new byte[32])).fill(buffer, 0);
        assertThat(buffer.array()).containsExactly(0, 0, 0);
        assertThat(buffer.position()).isZero();
    }

    /** AES-256 of the zero block under the zero key, as in the AES known-answer vectors. */
    @Test
    void keyStream_zeroKey_beginsWithTheKnownBlock() {
        KeyStream stream = new KeyStream(new byte[32]);
        long first = Long.reverseBytes(stream.next());
        long second = Long.reverseBytes(stream.next());
        assertThat(HexFormat.of().toHexDigits(first) + HexFormat.of().toHexDigits(second))
                .isEqualTo("dc95c078a2408989ad48a21492842087");
    }

    @Test
    void keyStream_manyBlocks_neverRepeatsAWord() {
        KeyStream stream = new KeyStream(new byte[32]);
        assertThat(java.util.stream.LongStream.generate(stream::next)
                        .limit(100_000)
                        .distinct()
                        .count())
                .isEqualTo(100_000);
    }

    @Test
    void keyStream_keyOf16Bytes_isRefused() {
        assertThatThrownBy(() -> new KeyStream(new byte[16])).hasMessage("key: expected 32 bytes, got 16");
    }

    /** P(X > x), by the series of Marsaglia (2004) in the middle and a continued fraction outside. */
    static double upper(double x) {
        if (x < 0) {
            return 1 - upper(-x);
        }
        double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        if (x < 3) {
            double term = x;
            double sum = x;
            for (int i = 3; term > 1e-17; i += 2) {
                term *= x * x / i;
                sum += term;
            }
            return 0.5 - density * sum;
        }
        double fraction = x;
        for (int k = 60; k >= 1; k--) {
            fraction = x + k / fraction;
        }
        return density / fraction;
    }
}
