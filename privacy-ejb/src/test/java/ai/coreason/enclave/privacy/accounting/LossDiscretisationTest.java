package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossDiscretisationTest {
    @ParameterizedTest
    @CsvSource({
        "0.01, 1.1, 0.05",
        "0.01, 1.1, 0.001",
        "0.3, 0.7, 0.01",
        "1e-4, 0.5, 0.02",
        "0.999, 1, 0.03",
        "0.5, 8, 1e-4",
        "1, 3, 0.01",
        "1e-6, 0.3, 0.1"
    })
    void of_anyInterval_dominatesTheExactCurveAndMeetsItOnTheGrid(double q, double sigma, double interval) {
        LossDistribution.Pair pair = LossDiscretisation.of(new SubsampledGaussian(q, sigma), interval, 1e-30)
                .orElseThrow();
        for (double cell = -20; cell < 40; cell += 0.25) {
            double epsilon = cell * interval;
            double gridPoint = Math.floor(cell) * interval;
            assertThat(delta(pair.remove(), epsilon))
                    .isBetween(
                            SingleStep.removeDelta(q, sigma, epsilon) - 1e-16,
                            SingleStep.removeDelta(q, sigma, gridPoint) * (1 + 1e-8) + 1e-12);
            assertThat(delta(pair.add(), epsilon))
                    .isBetween(
                            SingleStep.addDelta(q, sigma, epsilon) - 1e-16,
                            SingleStep.addDelta(q, sigma, gridPoint) * (1 + 1e-8) + 1e-12);
        }
    }

    @Test
    void of_lossesTooLargeOrTooMany_isEmpty() {
        assertThat(LossDiscretisation.of(new SubsampledGaussian(0.1, 0.01), 0.1, 1e-10))
                .isEmpty();
        assertThat(LossDiscretisation.of(new SubsampledGaussian(0.1, 0.5), 1e-9, 1e-10))
                .isEmpty();
    }

    private static double delta(LossDistribution losses, double epsilon) {
        double sum = losses.infinity();
        for (int i = losses.logMass().length - 1; i >= 0; i--) {
            double loss = (losses.first() + i) * losses.interval();
            if (loss > epsilon) {
                sum += Math.exp(losses.logMass()[i]) * -Math.expm1(epsilon - loss);
            }
        }
        return sum;
    }
}
