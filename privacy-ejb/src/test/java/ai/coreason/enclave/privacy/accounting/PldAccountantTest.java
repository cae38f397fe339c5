package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PldAccountantTest {
    /** The oracle's own error, relative. */
    private static final double ORACLE = 1e-7;

    @Test
    void epsilon_goldenRows_liesBetweenTheTruthAndATenthOfAPercentAbove() {
        int judged = 0;
        for (Golden row : Golden.rows("epsilon_pld.csv")) {
            double delta = row.number("delta");
            double epsilon = PldAccountant.epsilon(List.of(row.phase()), delta).epsilon();
            assertThat(epsilon)
                    .as("%s", row)
                    .isGreaterThanOrEqualTo(row.value("prv_lower").orElse(0))
                    .isLessThanOrEqualTo(row.value("eps_pld").orElse(Double.MAX_VALUE) * 1.001 + 1e-4);
            judged += isTight(row, List.of(row.phase()), delta, epsilon) ? 1 : 0;
        }
        assertThat(judged).isGreaterThan(100);
    }

    @Test
    void epsilon_goldenCompositions_liesBetweenTheTruthAndATenthOfAPercentAbove() {
        int judged = 0;
        for (Golden row : Golden.rows("composition.csv")) {
            double delta = row.number("delta");
            double epsilon = PldAccountant.epsilon(row.phases(), delta).epsilon();
            assertThat(epsilon).as("%s", row).isBetween(row.number("prv_lower"), row.number("eps_pld") * 1.001 + 1e-4);
            judged += isTight(row, row.phases(), delta, epsilon) ? 1 : 0;
        }
        assertThat(judged).isGreaterThan(20);
    }

    /**
     * Small rates and small δ, where the loss is that of few steps far from the bulk of the others. Of one step the truth is known; of
     * more, what independent accountants bracket it by.
     */
    @ParameterizedTest
    @CsvSource({
        "1e-6, 1, 1, 1e-15, 0, 0",
        "1e-6, 50, 1, 1e-15, 0, 0",
        "8.5e-4, 1.47, 1130, 4.3e-15, 0.1785, 0.1801",
        "3.0e-5, 16.5, 66500, 8.6e-11, 0.0022, 0.00224",
        "1.1e-6, 5.8, 293000, 1.7e-9, 0.00039, 0.00043",
        "1e-6, 0.6, 100000, 1e-9, 0.0295, 0.0334"
    })
    void epsilon_corner_isBracketed(double q, double sigma, long steps, double delta, double least, double most) {
        double truth = steps == 1 ? SingleStep.epsilon(q, sigma, delta) : 0;

        double epsilon = PldAccountant.epsilon(List.of(new Phase(q, sigma, steps)), delta)
                .epsilon();

        assertThat(epsilon).isBetween(Math.max(least, truth * (1 - 1e-6)), steps == 1 ? truth * 1.001 + 1e-8 : most);
    }

    /** A direction of adjacency that a tilt cannot resolve must not leave the answer to the other one. */
    @Test
    void root_tiltBeyondDoubles_isUnresolved() {
        SubsampledGaussian step = new SubsampledGaussian(1e-6, 0.6);
        LossGrid grid = new LossGrid(2.51e-5, 1 << 19, -1.06, 18, 9);
        LossDistribution remove = LossDiscretisation.of(step, grid.interval(), 1e-22)
                .orElseThrow()
                .remove();

        LossComposition composed = new LossComposition(List.of(new LossComposition.Term(remove, 1e5)), grid);

        assertThat(composed.root(1e-9).epsilon()).isInfinite();
    }

    private static boolean isTight(Golden row, List<Phase> phases, double delta, double epsilon) {
        boolean single = phases.size() == 1
                && phases.get(0).steps() == 1
                && phases.get(0).samplingRate() < 1;
        double truth = single
                ? SingleStep.epsilon(phases.get(0).samplingRate(), phases.get(0).noiseMultiplier(), delta)
                : LaplaceInversion.epsilon(phases, delta);
        if (Double.isNaN(truth)) {
            return false;
        }
        assertThat(epsilon).as("%s", row).isBetween(truth * (1 - ORACLE), truth * 1.001 + 1e-4);
        return true;
    }

    @Test
    void epsilon_goldenFullBatch_isExact() {
        for (Golden row : Golden.rows("gaussian_full_batch.csv")) {
            Phase phase = new Phase(1, row.number("sigma"), row.whole("T"));
            double epsilon =
                    PldAccountant.epsilon(List.of(phase), row.number("delta")).epsilon();
            assertThat(epsilon / row.number("eps_exact") - 1).as("%s", row).isBetween(0.0, 1e-11);
        }
    }

    @ParameterizedTest
    @CsvSource({"1e-12, 8.7168, 8.7177", "1e-15, 9.8, 10.25"})
    void epsilon_deltaBelowWhatFftsResolve_isNotBelowTheTruth(double delta, double truth, double bound) {
        assertThat(PldAccountant.epsilon(List.of(new Phase(0.01, 1.1, 10_000)), delta)
                        .epsilon())
                .isBetween(truth - 1e-4, bound);
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, 1.1, 10000, 1e-50",
        "0.01, 1.1, 10000, 1e-200",
        "0.1, 3, 100, 1e-300",
        "0.1, 3, 100, 1e-310",
        "0.01, 1.1, 10000, 0.999",
        "0.3, 0.05, 3, 1e-5",
        "0.01, 0.001, 1000, 1e-5",
        "1e-12, 0.3, 1000000, 1e-8",
        "0.9999999999999999, 1, 3, 1e-5",
        "0.5, 1e6, 1, 1e-9",
        "0.5, 1e-200, 1, 1e-9",
        "0.01, 1.1, 1000000000000000000, 1e-5",
        "1, 1e9, 1, 1e-12",
        "1, 0.01, 1, 1e-5"
    })
    void epsilon_farCorners_isABoundNotAboveTheRenyiOne(double q, double sigma, long steps, double delta) {
        List<Phase> phases = List.of(new Phase(q, sigma, steps));
        double rdp = RdpAccountant.epsilon(phases, delta).epsilon();
        PrivacyLoss pld = PldAccountant.epsilon(phases, delta);
        assertThat(pld.epsilon()).isBetween(0.0, rdp);
        assertThat(pld.delta()).isEqualTo(delta);
        if (steps == 1 && q < 1 && rdp < 100) {
            assertThat(pld.epsilon()).isGreaterThanOrEqualTo(SingleStep.epsilon(q, sigma, delta));
        }
    }

    @Test
    void epsilon_mixOfFullBatchAndSubsampled_isBetweenItsPartsAndTheirSum() {
        Phase full = new Phase(1, 4, 1);
        Phase sampled = new Phase(0.02, 1, 300);
        double delta = 1e-6;
        double mix = PldAccountant.epsilon(List.of(full, sampled), delta).epsilon();
        assertThat(mix)
                .isGreaterThan(PldAccountant.epsilon(List.of(full), delta).epsilon())
                .isGreaterThan(PldAccountant.epsilon(List.of(sampled), delta).epsilon())
                .isLessThan(PldAccountant.epsilon(List.of(full), delta / 2).epsilon()
                        + PldAccountant.epsilon(List.of(sampled), delta / 2).epsilon());
        assertThat(LaplaceInversion.epsilon(List.of(full, sampled), delta)).isCloseTo(mix, within(1e-3 * mix));
    }

    @Test
    void affordableSteps_goldenValues_reachTheReferenceAndStopInTime() {
        for (Golden row : Golden.rows("halt_steps.csv")) {
            double q = row.number("q");
            double sigma = row.number("sigma");
            double delta = row.number("delta");
            double cap = row.number("cap");
            long steps = PldAccountant.affordableSteps(List.of(), q, sigma, delta, cap, 1_000_000);
            long reference = row.whole("steps_pld_da");
            assertThat((double) steps).as("%s", row).isBetween(reference * 0.999, reference * 1.001 + 1);
            if (steps > 0) {
                assertThat(epsilon(q, sigma, steps, delta)).isLessThanOrEqualTo(cap);
            }
            assertThat(epsilon(q, sigma, steps + 1, delta)).isGreaterThan(cap);
        }
    }

    @Test
    void affordableSteps_afterSpending_fillTheLimitTogether() {
        List<Phase> spent = List.of(new Phase(0.01, 1.1, 5_000), new Phase(1, 20, 3));
        long more = PldAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 5, 1_000_000);
        assertThat(more).isGreaterThan(RdpAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 5, 1_000_000));
        assertThat(PldAccountant.epsilon(with(spent, new Phase(0.02, 1.3, more)), 1e-5)
                        .epsilon())
                .isLessThanOrEqualTo(5);
        assertThat(PldAccountant.epsilon(with(spent, new Phase(0.02, 1.3, more + 1)), 1e-5)
                        .epsilon())
                .isGreaterThan(5);
        assertThat(PldAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 5, 7)).isEqualTo(7);
        assertThat(PldAccountant.affordableSteps(spent, 0.02, 1.3, 1e-5, 1, 7)).isZero();
    }

    @Test
    void calibrate_goldenValues_agreeWithTheReferenceAndMeetTheTarget() {
        for (Golden row : Golden.rows("noise_calibration.csv")) {
            double q = row.number("q");
            long steps = row.whole("steps");
            double delta = row.number("delta");
            double target = row.number("target_eps");
            double sigma = PldAccountant.calibrate(q, steps, delta, target);
            assertThat(sigma).as("%s", row).isCloseTo(row.number("sigma_pld_da"), within(1e-3 * sigma));
            assertThat(epsilon(q, sigma, steps, delta)).isBetween(target * 0.9999, target);
        }
    }

    @Test
    void calibrate_targetMetByLessNoiseThanIsResolved_isThatOfTheRenyiAccountant() {
        assertThat(PldAccountant.calibrate(1e-9, 1, 1e-2, 1)).isEqualTo(RdpAccountant.calibrate(1e-9, 1, 1e-2, 1));
    }

    @Test
    void epsilon_noPhases_isZero() {
        assertThat(PldAccountant.epsilon(List.of(), 1e-5)).isEqualTo(new PrivacyLoss(0, 1e-5, "PLD", "1", Double.NaN));
    }

    @Test
    void epsilon_result_namesMethodVersionAndGrid() {
        PrivacyLoss loss = PldAccountant.epsilon(List.of(new Phase(0.01, 1.1, 1_000)), 1e-5);
        assertThat(loss.accountant()).isEqualTo("PLD");
        assertThat(loss.version()).matches("1\\+\\d+x\\d\\.\\d+E-\\d");
        assertThat(PldAccountant.epsilon(List.of(new Phase(0.01, 1.1, 1_000)), 1e-5))
                .isEqualTo(loss);
    }

    @Test
    void everyMethod_parameterOutsideRange_namesIt() {
        assertThatThrownBy(() -> PldAccountant.epsilon(List.of(), 0))
                .hasMessage("delta: expected a number in (0, 1), got 0.0");
        assertThatThrownBy(() -> PldAccountant.affordableSteps(List.of(), 2, 1, 1e-5, 1, 1))
                .hasMessage("sampling_rate: expected a number in (0, 1], got 2.0");
        assertThatThrownBy(() -> PldAccountant.affordableSteps(List.of(), 0.1, -1, 1e-5, 1, 1))
                .hasMessage("noise_multiplier: expected a finite number > 0, got -1.0");
        assertThatThrownBy(() -> PldAccountant.calibrate(0.1, 0, 1e-5, 1))
                .hasMessage("steps: expected a whole number >= 1, got 0");
    }

    private static double epsilon(double q, double sigma, long steps, double delta) {
        return PldAccountant.epsilon(List.of(new Phase(q, sigma, steps)), delta).epsilon();
    }

    private static List<Phase> with(List<Phase> phases, Phase next) {
        return Stream.concat(phases.stream(), Stream.of(next)).toList();
    }
}
