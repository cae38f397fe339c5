package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundingMarginTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 3, 1 << 20})
    void relative_anyClipInItsRange_isBelowAHundredth(long positions) {
        for (double clip : new double[] {1e-6, 1, 1e6}) {
            RoundingMargin margin = RoundingMargin.of(positions, 1L << 31, clip);

            assertThat(margin.relative()).isBetween(0.005, RoundingMargin.MOST);
            assertThat(margin.drawnIn(clip)).isBetween(clip * 0.99, clip);
        }
    }

    /** Adds the bounds up again: what a step's division into calls may round by is no more than the margin. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 250, 320, 390, 1_000, 2_048, 2_049, 1_000_000})
    void unitsOfCall_anyStep_keepsRoundingWithinTheMargin(int units) {
        for (long positions : new long[] {0, 3, 400, 1 << 16}) {
            RoundingMargin margin = RoundingMargin.of(positions, 1_000, 1);
            double u = margin.inDouble(units) ? 0x1p-53 : 0x1p-24;
            int most = margin.unitsOfCall(units);
            double sums = u * units * (most + 3.0);
            double products =
                    most == 1 ? 0 : 0x1p-52 * RoundingMargin.CANCELLING * units * (most * (double) positions + 2);

            assertThat(most).isBetween(1, CallSizes.MOST);
            assertThat(sums + (positions == 0 ? 0 : products)).isLessThan(margin.relative());
        }
    }

    @Test
    void drawnIn_marginAboveAHundredth_isRefusedByName() {
        RoundingMargin margin = RoundingMargin.of(0, 1L << 31, 1e-40);

        assertThatThrownBy(() -> margin.drawnIn(1e-40))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("max_grad_norm: expected a margin for rounding of at most 0.01 of it");
    }

    @Test
    void drawnIn_withoutMechanism_isInfinite() {
        assertThat(RoundingMargin.of(0, 10, Double.POSITIVE_INFINITY).drawnIn(Double.POSITIVE_INFINITY))
                .isInfinite();
    }
}
