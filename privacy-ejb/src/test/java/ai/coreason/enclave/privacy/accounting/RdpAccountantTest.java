package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RdpAccountantTest {
    private static final double REFERENCE_SLACK = 1.001;

    @Test
    void rdp_goldenValues_areExactAndNotBelowBeyondRounding() {
        for (Golden row : Golden.rows("rdp_subsampled_gaussian.csv")) {
            double exact = row.number("rdp_exact");
            double rdp = RdpAccountant.rdp(row.number("q"), row.number("sigma"), row.number("alpha"));
            assertThat(rdp / exact - 1).as("%s", row).isBetween(-4e-16, 1e-11);
        }
    }

    @Test
    void epsilon_goldenValues_areNoWorseThanReferencesAndNeverBelowTruth() {
        List<Golden> truths = Golden.rows("epsilon_pld.csv");
        for (Golden row : Golden.rows("epsilon_rdp.csv")) {
            double epsilon = RdpAccountant.epsilon(List.of(row.phase()), row.number("delta"))
                    .epsilon();
            Golden truth = truths.get(row.line() - 3);
            assertThat(epsilon)
                    .as("%s", row)
                    .isLessThanOrEqualTo(REFERENCE_SLACK * row.least("eps_rdp_dp_accounting", "eps_rdp_opacus"))
                    .isGreaterThanOrEqualTo(Math.max(0, truth.value("prv_lower").orElse(0)));
        }
    }

    @Test
    void epsilon_goldenCompositions_areNoWorseThanReferencesAndNeverBelowTruth() {
        for (Golden row : Golden.rows("composition.csv")) {
            double epsilon =
                    RdpAccountant.epsilon(row.phases(), row.number("delta")).epsilon();
            assertThat(epsilon)
                    .as("%s", row)
                    .isLessThanOrEqualTo(REFERENCE_SLACK * row.least("eps_rdp_dp_accounting", "eps_rdp_opacus"))
                    .isGreaterThanOrEqualTo(row.number("prv_lower"));
        }
    }

    @Test
    void epsilon_goldenFullBatch_isNoWorseThanReferenceAndNeverBelowTruth() {
        for (Golden row : Golden.rows("gaussian_full_batch.csv")) {
            Phase phase = new Phase(1, row.number("sigma"), row.whole("T"));
            double epsilon =
                    RdpAccountant.epsilon(List.of(phase), row.number("delta")).epsilon();
            assertThat(epsilon)
                    .as("%s", row)
                    .isLessThanOrEqualTo(REFERENCE_SLACK * row.number("eps_rdp_dp_accounting"))
                    .isGreaterThanOrEqualTo(row.number("eps_exact"));
        }
    }

    @Test
    void epsilon_tinyDelta_isNotBelowTheTruthThatUntiltedAccountantsMiss() {
        double epsilon = RdpAccountant.epsilon(List.of(new Phase(0.01, 1.1, 10_000)), 1e-12)
                .epsilon();
        assertThat(epsilon).isBetween(8.7168, 9.4);
    }

    @Test
    void affordableSteps_goldenValues_reachTheReferencesAndNotTheTruth() {
        for (Golden row : Golden.rows("halt_steps.csv")) {
            double q = row.number("q");
            double sigma = row.number("sigma");
            double delta = row.number("delta");
            double cap = row.number("cap");
            long steps = RdpAccountant.affordableSteps(List.of(), q, sigma, delta, cap, 1_000_000);
            assertThat(steps)
                    .as("%s", row)
                    .isBetween(
                            Math.max(row.whole("steps_rdp_da"), row.whole("steps_rdp_opacus")),
                            row.whole("steps_pld_da"));
            if (steps > 0) {
                assertThat(epsilon(q, sigma, steps, delta)).isLessThanOrEqualTo(cap);
            }
            assertThat(epsilon(q, sigma, steps + 1, delta)).isGreaterThan(cap);
        }
    }

    @Test
    void affordableSteps_afterSpending_fillTheLimitTogether() {
        List<Phase> spent = List.of(new Phase(0.01, 1.1, 5_000), new Phase(1, 20, 3));
        long more = RdpAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 5, 1_000_000);
        assertThat(more).isGreaterThan(0);
        assertThat(RdpAccountant.epsilon(with(spent, new Phase(0.02, 1.3, more)), 1e-5)
                        .epsilon())
                .isLessThanOrEqualTo(5);
        assertThat(RdpAccountant.epsilon(with(spent, new Phase(0.02, 1.3, more + 1)), 1e-5)
                        .epsilon())
                .isGreaterThan(5);
        assertThat(RdpAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 5, 7)).isEqualTo(7);
        assertThat(RdpAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 1, 7)).isZero();
        assertThat(RdpAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 5, 0)).isZero();
    }

    @Test
    void calibrate_goldenValues_areNoWorseThanReferencesAndMeetTheTarget() {
        for (Golden row : Golden.rows("noise_calibration.csv")) {
            double q = row.number("q");
            long steps = row.whole("steps");
            double delta = row.number("delta");
            double target = row.number("target_eps");
            double sigma = RdpAccountant.calibrate(q, steps, delta, target);
            assertThat(sigma)
                    .as("%s", row)
                    .isLessThanOrEqualTo(REFERENCE_SLACK * row.least("sigma_rdp_da", "sigma_rdp_opacus_tol0.0001"))
                    .isGreaterThanOrEqualTo(row.number("sigma_pld_da") * (1 - 1e-4));
            assertThat(epsilon(q, sigma, steps, delta)).isLessThanOrEqualTo(target);
            assertThat(epsilon(q, sigma * (1 - 2e-6), steps, delta)).isGreaterThan(target);
        }
    }

    @Test
    void calibrate_targetMetByEvenTheLeastNoise_isTheLeastNoise() {
        assertThat(RdpAccountant.calibrate(1e-9, 1, 1e-2, 1e7)).isEqualTo(1e-3);
    }

    @Test
    void epsilon_noPhases_isZero() {
        PrivacyLoss loss = RdpAccountant.epsilon(List.of(), 1e-5);
        assertThat(loss.epsilon()).isZero();
        assertThat(loss.order()).isNaN();
        assertThat(loss.accountant()).isEqualTo("RDP");
    }

    @Test
    void epsilon_deltaAboveTotalVariation_isZero() {
        assertThat(epsilon(0.001, 1, 1, 1e-3)).isZero();
    }

    @Test
    void epsilon_splitOrReorderedPhases_isTheSame() {
        Phase a = new Phase(0.01, 1.1, 1_000);
        Phase b = new Phase(0.1, 2, 30);
        double whole = RdpAccountant.epsilon(List.of(a, b), 1e-6).epsilon();
        double parts = RdpAccountant.epsilon(List.of(b, new Phase(0.01, 1.1, 400), new Phase(0.01, 1.1, 600)), 1e-6)
                .epsilon();
        assertThat(parts).isCloseTo(whole, within(1e-12 * whole));
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, 1.1, 10000, 1e-5",
        "1e-6, 0.3, 1000000, 1e-8",
        "0.3, 0.05, 1, 1e-5",
        "0.01, 0.001, 1000, 1e-5",
        "0.5, 1e6, 1, 1e-9",
        "1, 1e7, 1, 1e-12",
        "1e-8, 50, 1, 1e-300",
        "0.01, 1.1, 1000000000000, 1e-5"
    })
    void epsilon_wideRange_hasItsOptimumInsideTheOrders(double q, double sigma, long steps, double delta) {
        PrivacyLoss loss = RdpAccountant.epsilon(List.of(new Phase(q, sigma, steps)), delta);
        assertThat(loss.epsilon()).isFinite().isPositive();
        assertThat(loss.order() - 1).isBetween(1e-12, 1e8);
        for (double factor : new double[] {0.5, 0.9, 1.1, 2}) {
            double order = 1 + (loss.order() - 1) * factor;
            double other = RenyiConversion.epsilon(steps * RdpAccountant.rdp(q, sigma, order), order, delta);
            assertThat(other).isGreaterThanOrEqualTo(loss.epsilon() * (1 - 1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0.05, 3", "0.3, 0.03, 2.5", "1e-4, 0.1, 10", "0.9, 0.04, 1.5", "0.01, 1, 40", "0.01, 0.3, 1.01"})
    void rdp_byConvexityBound_isNeverBelowTheQuadrature(double q, double sigma, double alpha) {
        double bound = alpha / (alpha - 1) * Math.log1p(q * Math.expm1((alpha - 1) / (2 * sigma * sigma)));
        assertThat(RdpAccountant.rdp(q, sigma, alpha)).isPositive().isLessThanOrEqualTo(bound * (1 + 2e-12));
    }

    @ParameterizedTest
    @CsvSource({"0.01, 1.1, 2.5", "0.3, 0.7, 12.3", "1e-5, 0.5, 1.05", "0.999, 3, 77.7"})
    void rdp_oneMinusSmallRate_growsWithRateOrderAndPrecision(double q, double sigma, double alpha) {
        double rdp = RdpAccountant.rdp(q, sigma, alpha);
        assertThat(RdpAccountant.rdp(q * 1.001, sigma, alpha)).isGreaterThan(rdp);
        assertThat(RdpAccountant.rdp(q, sigma, alpha * 1.001)).isGreaterThan(rdp);
        assertThat(RdpAccountant.rdp(q, sigma * 1.001, alpha)).isLessThan(rdp);
        assertThat(RdpAccountant.rdp(1, sigma, alpha)).isGreaterThan(rdp).isEqualTo(alpha / (2 * sigma * sigma));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 'sampling_rate: expected a number in (0, 1], got 0.0'",
        "1.5, 1, 1, 'sampling_rate: expected a number in (0, 1], got 1.5'",
        "NaN, 1, 1, 'sampling_rate: expected a number in (0, 1], got NaN'",
        "0.1, 0, 1, 'noise_multiplier: expected a finite number > 0, got 0.0'",
        "0.1, -1, 1, 'noise_multiplier: expected a finite number > 0, got -1.0'",
        "0.1, NaN, 1, 'noise_multiplier: expected a finite number > 0, got NaN'",
        "0.1, Infinity, 1, 'noise_multiplier: expected a finite number > 0, got Infinity'",
        "0.1, 1, 0, 'steps: expected a whole number >= 1, got 0'"
    })
    void phase_outsideRange_namesParameterRangeAndValue(double q, double sigma, long steps, String message) {
        assertThatThrownBy(() -> new Phase(q, sigma, steps))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-1e-5", "NaN", "Infinity"})
    void everyMethod_deltaOutsideRange_namesIt(double delta) {
        String message = "delta: expected a number in (0, 1), got " + delta;
        assertThatThrownBy(() -> RdpAccountant.epsilon(List.of(), delta)).hasMessage(message);
        assertThatThrownBy(() -> RdpAccountant.affordableSteps(List.of(), 0.1, 1, delta, 1, 1))
                .hasMessage(message);
        assertThatThrownBy(() -> RdpAccountant.calibrate(0.1, 1, delta, 1)).hasMessage(message);
        assertThatThrownBy(() -> RdpFilter.forCeiling(1, delta)).hasMessage(message);
    }

    @Test
    void parameters_outsideRange_areNamed() {
        assertThatThrownBy(() -> RdpAccountant.rdp(0.1, 1, 1))
                .hasMessage("order: expected a finite number > 1, got 1.0");
        assertThatThrownBy(() -> RdpAccountant.calibrate(0.1, 1, 1e-5, 0))
                .hasMessage("target_epsilon: expected a finite number > 0, got 0.0");
        assertThatThrownBy(() -> RdpAccountant.affordableSteps(List.of(), 0.1, 1, 1e-5, Double.NaN, 1))
                .hasMessage("limit: expected a finite number > 0, got NaN");
        assertThatThrownBy(() -> RdpAccountant.affordableSteps(List.of(), 0.1, 1, 1e-5, 1, -1))
                .hasMessage("at_most: expected a whole number >= 0, got -1");
    }

    private static double epsilon(double q, double sigma, long steps, double delta) {
        return RdpAccountant.epsilon(List.of(new Phase(q, sigma, steps)), delta).epsilon();
    }

    private static List<Phase> with(List<Phase> phases, Phase next) {
        return java.util.stream.Stream.concat(phases.stream(), java.util.stream.Stream.of(next))
                .toList();
    }
}
