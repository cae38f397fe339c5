package ai.coreason.enclave.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PoissonSamplerTest {
    private static KeyStream stream() {
        return new KeyStream(NoiseKeys.fresh().sampling(1));
    }

    @Test
    void draw_rateOne_takesEveryExampleOnce() {
        assertThat(new PoissonSampler(1).draw(1000, stream()))
                .containsExactly(LongStream.range(0, 1000).toArray());
    }

    @Test
    void draw_noExamples_isEmpty() {
        assertThat(new PoissonSampler(1).draw(0, stream())).isEmpty();
    }

    /**
     * 2,000 samples of 500 at q = 0.3: sizes and single examples within 6.5 standard deviations (false alarm below 1e-10
     * each, 500 examples and 2 more statistics: below 1e-7 by the normal approximation) under a fixed key, so it never
     * flickers.
     */
    @Test
    void draw_manySamples_areBinomialAndEveryExampleIsAsLikely() {
        KeyStream stream = new KeyStream(new byte[32]);
        PoissonSampler sampler = new PoissonSampler(0.3);
        int rounds = 2000;
        int n = 500;
        int[] taken = new int[n];
        double sum = 0;
        double squares = 0;
        for (int r = 0; r < rounds; r++) {
            long[] drawn = sampler.draw(n, stream);
            assertThat(drawn).isSorted().doesNotHaveDuplicates();
            LongStream.of(drawn).forEach(i -> taken[(int) i]++);
            double excess = drawn.length - 0.3 * n;
            sum += excess;
            squares += excess * excess;
        }
        double variance = 0.3 * 0.7 * n;
        assertThat(Math.abs(sum) / Math.sqrt(rounds * variance)).isLessThan(6.5);
        assertThat(Math.abs(squares / rounds / variance - 1) / Math.sqrt(2.0 / rounds))
                .isLessThan(6.5);
        for (int t : taken) {
            assertThat(Math.abs(t - 0.3 * rounds) / Math.sqrt(0.21 * rounds)).isLessThan(6.5);
        }
    }
}
