package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RdpFilterTest {
    @ParameterizedTest
    @CsvSource({"5, 1e-5", "3, 1e-6", "0.1, 1e-9", "20, 0.5", "1e-6, 1e-12"})
    void forCeiling_anyCeiling_spendsItWhollyAndNoMore(double ceiling, double delta) {
        RdpFilter filter = RdpFilter.forCeiling(ceiling, delta);
        assertThat(filter.epsilon(filter.budget()))
                .isLessThanOrEqualTo(ceiling)
                .isCloseTo(ceiling, within(1e-9 * ceiling));
        assertThat(filter.epsilon(0)).isZero();
    }

    @Test
    void forCeiling_order_comesFromTheZeroConcentratedBudget() {
        RdpFilter filter = RdpFilter.forCeiling(5, 1e-5);
        double log = Math.log(1e5);
        double rho = log / Math.pow(filter.order() - 1, 2);
        assertThat(rho + 2 * Math.sqrt(rho * log)).isCloseTo(5, within(1e-12));
    }

    @Test
    void admits_gaussianSteps_upToTheBudgetExactly() {
        RdpFilter filter = RdpFilter.forCeiling(5, 1e-5);
        Phase step = new Phase(1, 20, 1);
        double spent = 0;
        long taken = 0;
        while (filter.admits(spent, step)) {
            spent += filter.cost(step);
            taken++;
        }
        assertThat(taken).isEqualTo((long) Math.floor(filter.budget() / (filter.order() / 800)));
        assertThat(filter.epsilon(spent)).isLessThanOrEqualTo(5);
        assertThat(filter.epsilon(spent + filter.cost(step))).isGreaterThan(5);
    }

    @Test
    void admits_subsampledSteps_loseLittleAgainstTheBestOrder() {
        RdpFilter filter = RdpFilter.forCeiling(5, 1e-5);
        long byFilter = (long) (filter.budget() / filter.cost(new Phase(0.01, 1.1, 1)));
        long byBestOrder = RdpAccountant.affordableSteps(List.of(), 0.01, 1.1, 1e-5, 5, 1_000_000);
        assertThat(byFilter).isBetween((long) (0.95 * byBestOrder), byBestOrder);
    }

    @Test
    void create_budgetAboveTheCeiling_isRefused() {
        RdpFilter filter = RdpFilter.forCeiling(5, 1e-5);
        assertThatThrownBy(() -> new RdpFilter(filter.order(), filter.budget() * 1.01, 1e-5, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("budget: expected at most");
    }

    @Test
    void spent_notAFiniteNumber_isRefused() {
        RdpFilter filter = RdpFilter.forCeiling(5, 1e-5);
        for (double spent : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> filter.admits(spent, new Phase(1, 1, 1)))
                    .hasMessage("spent: expected a finite number >= 0, got " + spent);
            assertThatThrownBy(() -> filter.epsilon(spent)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void calibrate_partlySpent_fillsTheRest() {
        RdpFilter filter = RdpFilter.forCeiling(5, 1e-5);
        double spent = 0.9 * filter.budget();
        double sigma = filter.calibrate(spent, 0.1, 300);
        assertThat(filter.admits(spent, new Phase(0.1, sigma, 300))).isTrue();
        assertThat(filter.admits(spent, new Phase(0.1, sigma * (1 - 1e-5), 300)))
                .isFalse();
        assertThatThrownBy(() -> filter.calibrate(filter.budget(), 0.1, 300))
                .hasMessage("budget - spent: expected a finite number > 0, got 0.0");
    }
}
