package ai.coreason.enclave.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four million single draws and two million sums of four under fresh keys. A statistic that is normal for large samples may
 * lie 6.5 standard deviations off: with the right distribution that happens with probability 8e-11; seven statistics and
 * the two tests of the whole distribution, for both, make less than 2e-9 together.
 */
public class SecureNoiseTest {
    private static final double SIGMAS = 6.5;
    private static final double TAIL = 4.0388498461095045;

    static Stream<Named<double[]>> draws() {
        return Stream.of(
                Named.of(
                        "single",
                        DoubleStream.generate(noise()::single).limit(4_000_000).toArray()),
                Named.of(
                        "sum of four",
                        DoubleStream.generate(noise()::next).limit(2_000_000).toArray()));
    }

    private static SecureNoise noise() {
        return new SecureNoise(new KeyStream(NoiseKeys.fresh().noise(1)), NoiseForm.SUM_OF_FOUR);
    }

    private static double moment(double[] draws, int power) {
        return Arrays.stream(draws).map(x -> Math.pow(x, power)).average().orElseThrow();
    }

    private static void requireNormal(double value, double expected, double deviation) {
        assertThat(Math.abs(value - expected) / deviation).isLessThan(SIGMAS);
    }

    @ParameterizedTest
    @MethodSource("draws")
    void draws_many_followTheNormalDistribution(double[] draws) {
        double n = draws.length;
        requireNormal(moment(draws, 1), 0, 1 / Math.sqrt(n));
        requireNormal(moment(draws, 2), 1, Math.sqrt(2 / n));
        requireNormal(moment(draws, 3), 0, Math.sqrt(15 / n));
        requireNormal(moment(draws, 4), 3, Math.sqrt(96 / n));
        requireUncorrelatedNeighbours(draws);
        requireTail(draws);
        requireEqualCells(draws);
        requireDistributionFunction(draws);
    }

    private static void requireUncorrelatedNeighbours(double[] draws) {
        double sum = 0;
        for (int i = 1; i < draws.length; i++) {
            sum += draws[i - 1] * draws[i];
        }
        requireNormal(sum / (draws.length - 1), 0, 1 / Math.sqrt(draws.length - 1.0));
    }

    /** Share and mean of the draws beyond the layers. */
    private static void requireTail(double[] draws) {
        double[] tail =
                Arrays.stream(draws).map(Math::abs).filter(x -> x > TAIL).toArray();
        double share = 2 * upper(TAIL);
        requireNormal(tail.length, draws.length * share, Math.sqrt(draws.length * share));
        double hazard = Math.exp(-TAIL * TAIL / 2) / Math.sqrt(2 * Math.PI) / upper(TAIL);
        double deviation = Math.sqrt(1 + TAIL * hazard - hazard * hazard);
        requireNormal(Arrays.stream(tail).average().orElseThrow(), hazard, deviation / Math.sqrt(tail.length));
    }

    /** Kolmogorov-Smirnov; sqrt(n) D above 3.6 has probability 2 exp(-2 * 3.6^2) = 1e-11. */
    private static void requireDistributionFunction(double[] draws) {
        double[] sorted = draws.clone();
        Arrays.sort(sorted);
        double n = sorted.length;
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double p = 1 - upper(sorted[i]);
            distance = Math.max(distance, Math.max(p - i / n, (i + 1) / n - p));
        }
        assertThat(Math.sqrt(n) * distance).isLessThan(3.6);
    }

    /** Chi-square over 400 cells of equal probability; normal with mean 399 and variance 798 for so many degrees. */
    private static void requireEqualCells(double[] draws) {
        int[] cells = new int[400];
        for (double x : draws) {
            cells[Math.min(399, (int) ((1 - upper(x)) * 400))]++;
        }
        double expected = draws.length / 400.0;
        double chi = Arrays.stream(cells)
                .mapToDouble(c -> (c - expected) * (c - expected) / expected)
                .sum();
        assertThat(chi).isBetween(399 - 8 * Math.sqrt(798), 399 + 8 * Math.sqrt(798));
    }

    @Test
    void next_fourSingleDraws_areAddedAndHalved() {
        SecureNoise four = new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR);
        SecureNoise single = new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR);
        for (int i = 0; i < 100; i++) {
            double sum = single.single() + single.single() + single.single() + single.single();
            assertThat(four.next()).isEqualTo(sum / 2);
        }
    }

    @Test
    void addTo_partOfABuffer_addsTheScaledDrawsOnAGrid() {
        FloatBuffer buffer = FloatBuffer.wrap(new float[] {7, 1.2345678f, -0.1f, 1e-9f, 7});
        buffer.position(1).limit(4);
        float[] before = buffer.array().clone();
        new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR).addTo(buffer, 2.5);
        SecureNoise same = new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR);
        double grid = 2 * 0x1p-20;
        for (int i = 1; i < 4; i++) {
            assertThat((double) buffer.get(i)).isCloseTo(before[i] + 2.5 * same.next(), Offset.offset(grid / 2));
            assertThat(buffer.get(i) / grid).isEqualTo(Math.rint(buffer.get(i) / grid));
        }
        assertThat(buffer.array()[0]).isEqualTo(7);
        assertThat(buffer.array()[4]).isEqualTo(7);
        assertThat(buffer.position()).isEqualTo(1);
    }

    /** Ten thousand elements, in blocks and a rest, some forty of them of the rare cases. */
    @ParameterizedTest
    @EnumSource
    void addTo_manyElements_addsTheDrawsOfTheStreamInOrder(NoiseForm form) {
        FloatBuffer buffer = FloatBuffer.allocate(10_000);
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, i % 7 - 3);
        }
        new SecureNoise(new KeyStream(new byte[32]), form).addTo(buffer, 1.5);
        SecureNoise same = new SecureNoise(new KeyStream(new byte[32]), form);
        double grid = 0x1p-20;
        for (int i = 0; i < buffer.capacity(); i++) {
            double exact = i % 7 - 3 + 1.5 * same.next();
            assertThat((double) buffer.get(i)).isCloseTo(exact, Offset.offset(grid / 2 + 1e-12));
            assertThat(buffer.get(i) / grid).isEqualTo(Math.rint(buffer.get(i) / grid));
        }
    }

    /**
     * Small sums, whose floating-point neighbours lie closer than the grid: under the same noise they are released alike but
     * for those at an edge, about one in thirty at a distance of a thirtieth of the grid.
     */
    @Test
    void addTo_sumsCloserThanTheGrid_areReleasedAlike() {
        int n = 10_000;
        float step = 0x1p-25f;
        FloatBuffer zeros = FloatBuffer.allocate(n);
        FloatBuffer steps = FloatBuffer.allocate(n);
        for (int i = 0; i < n; i++) {
            steps.put(i, step);
        }
        new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR).addTo(zeros, 1);
        new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR).addTo(steps, 1);
        long others =
                IntStream.range(0, n).filter(i -> zeros.get(i) != steps.get(i)).count();
        assertThat(others).isBetween(200L, 430L);
    }

    @Test
    void addTo_scaleZero_leavesTheSum() {
        FloatBuffer buffer = FloatBuffer.wrap(new float[] {1, 2.3456789f, 3e-12f});
        new SecureNoise(new KeyStream(new byte[32]), NoiseForm.SUM_OF_FOUR).addTo(buffer, 0);
        assertThat(buffer.array()).containsExactly(1, 2.3456789f, 3e-12f);
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
    public static double upper(double x) {
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

    /** By any float that is no NaN, with a remainder behind it, and by grids of any size. */
    @Test
    void onGrid_anySumAndGrid_isTheNearestMultiple() {
        SplittableRandom random = new SplittableRandom(8);
        for (int exponent = -200; exponent <= 200; exponent += 10) {
            double grid = Math.scalb(1.0, exponent);
            double rounder = Math.scalb(SecureNoise.ROUNDER, exponent);
            for (int i = 0; i < 20_000; i++) {
                float sum = Float.intBitsToFloat(random.nextInt());
                double value =
                        i % 2 == 0 ? (random.nextInt() >> i % 31) * 0.5 * grid : sum + random.nextDouble() * grid;
                float expected = (float) (Math.rint(value / grid) * grid);
                if (!Float.isNaN(sum) && Math.abs(value / grid) < 0x1p51) {
                    assertThat(SecureNoise.onGrid(value, rounder) == expected)
                            .as("%s on %s", value, grid)
                            .isTrue();
                }
            }
            assertThat(SecureNoise.onGrid(Double.NEGATIVE_INFINITY, rounder)).isEqualTo(Float.NEGATIVE_INFINITY);
        }
    }

    /** A word for each draw, and a pool of its own for the rare ones, which no draw's word comes from. */
    @Test
    void addTo_manyBlocks_asksForAWordEachAndForPoolsOfSpares() {
        SplittableRandom random = new SplittableRandom(9);
        long[] asked = {0};
        SecureNoise noise = new SecureNoise(
                () -> {
                    asked[0]++;
                    return random.nextLong();
                },
                NoiseForm.GAUSSIAN);
        float[] block = new float[SecureNoise.BLOCK];
        int blocks = 400;
        for (int i = 0; i < blocks; i++) {
            noise.addTo(new double[block.length], block, block.length, 1);
        }
        long spares = asked[0] / SecureNoise.BLOCK - blocks;
        assertThat(asked[0] % SecureNoise.BLOCK).isZero();
        assertThat(spares)
                .as("pools of rare draws, of which 230 draws need one or two words")
                .isBetween(2L, 5L);
    }
}
