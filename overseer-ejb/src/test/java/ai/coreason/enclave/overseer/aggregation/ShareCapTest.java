package ai.coreason.enclave.overseer.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ShareCapTest {
    private static final Offset<Double> EXACT = Offset.offset(1e-12);

    @Test
    void apply_capThatNobodyReaches_isTheProportion() {
        assertThat(ShareCap.apply(new double[] {300, 100, 600}, 0.7))
                .containsExactly(new double[] {0.3, 0.1, 0.6}, EXACT);
    }

    @Test
    void apply_oneHugeNode_weighsTheCapAndTheOthersKeepTheirProportion() {
        assertThat(ShareCap.apply(new double[] {1e12, 100, 200, 300}, 0.4))
                .containsExactly(new double[] {0.4, 0.1, 0.2, 0.3}, EXACT);
    }

    @Test
    void apply_whatIsSpreadFillsAnother_isSpreadOnceMore() {
        assertThat(ShareCap.apply(new double[] {1e12, 100, 300}, 0.4))
                .containsExactly(new double[] {0.4, 0.2, 0.4}, EXACT);
    }

    @Test
    void apply_tooFewNodesForTheCap_weighsThemAlike() {
        assertThat(ShareCap.apply(new double[] {1e12, 1}, 0.4)).containsExactly(0.5, 0.5);
        assertThat(ShareCap.apply(new double[] {7}, 1)).containsExactly(1.0);
    }

    @Test
    void apply_anyWeights_sumsToOneWithinTheCapAndInOrder() {
        Random random = new Random(5);
        for (int trial = 0; trial < 2000; trial++) {
            double[] weights =
                    random.doubles(2 + random.nextInt(9), 0, 24).map(Math::exp).toArray();
            double cap = 1.0 / weights.length + random.nextDouble() * (1 - 1.0 / weights.length);

            double[] shares = ShareCap.apply(weights, cap);

            assertThat(Arrays.stream(shares).sum()).isCloseTo(1, EXACT);
            for (int i = 0; i < weights.length; i++) {
                assertThat(shares[i]).isPositive().isLessThanOrEqualTo(cap + 1e-12);
                for (int k = 0; k < weights.length; k++) {
                    assertThat(weights[i] <= weights[k] && shares[i] > shares[k] + 1e-12)
                            .isFalse();
                }
            }
        }
    }
}
