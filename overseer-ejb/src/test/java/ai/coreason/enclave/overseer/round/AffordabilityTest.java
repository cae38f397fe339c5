package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample's job-1 has charged three rounds of the plan. */
class AffordabilityTest {
    private static final double DELTA = 1e-3;
    private static final Dataset HEART = SampleLedger.HEART;
    private static final Affordability FOUR_ROUNDS = new Affordability("job-1", 4);

    @TempDir
    private Path folder;

    private static NodePlan plan(double limit, long affordable) {
        return new NodePlan("node_va", "heart", 85, RoundsUnderWay.PLAN, limit, DELTA, affordable);
    }

    private static List<Phase> phases(int rounds) {
        return List.of(new Phase(16.0 / 85, 3.0, 5L * rounds));
    }

    private List<ChargeRow> charged() {
        try (SampleLedger ledger = new SampleLedger(folder)) {
            return ledger.rows();
        }
    }

    @Test
    void objection_wholePlanThatJustPays_isNoneAndOneBelowNamesBoth() {
        double four = PlanAccountant.epsilon(phases(4), DELTA).epsilon();
        List<ChargeRow> rows = charged();

        assertThat(FOUR_ROUNDS.objection(plan(four + 1e-9, 4), rows, HEART, 0)).isEmpty();
        assertThat(FOUR_ROUNDS.objection(plan(four * 0.999, 4), rows, HEART, 0))
                .contains(String.format(
                        Locale.ROOT,
                        "one more round would take epsilon to %.4f, above the job's %.4f",
                        four,
                        four * 0.999));
    }

    @Test
    void objection_planThatAffordsOnlyAPart_isHeldToTheRdpAccountant() {
        double better = PlanAccountant.epsilon(phases(4), DELTA).epsilon();
        double rdp = RdpAccountant.epsilon(phases(4), DELTA).epsilon();
        List<ChargeRow> rows = charged();
        assertThat(better).isLessThan(rdp);

        assertThat(FOUR_ROUNDS.objection(plan((better + rdp) / 2, 4), rows, HEART, 0))
                .isEmpty();
        assertThat(FOUR_ROUNDS.objection(plan((better + rdp) / 2, 3), rows, HEART, 0))
                .isPresent();
        assertThat(FOUR_ROUNDS.objection(plan(rdp + 1e-9, 3), rows, HEART, 0)).isEmpty();
    }

    @Test
    void objection_chargesOfAnotherJob_doNotCountForThisOne() {
        double one = PlanAccountant.epsilon(phases(1), DELTA).epsilon();

        assertThat(new Affordability("job-9", 4).objection(plan(one + 1e-9, 4), charged(), HEART, 0))
                .isEmpty();
    }

    @Test
    void objection_ceilingIsUsedUp_namesIt() {
        assertThat(FOUR_ROUNDS.objection(
                        plan(5, 4), List.of(), HEART, HEART.filter().budget()))
                .contains("one more round would exceed the dataset's ceiling of 5.0000");
    }

    @Test
    void objection_withoutNoise_isNone() {
        TrainingPlan bare = new TrainingPlan(Mechanism.NONE, 5, 0.1, 0, 1, 16, 0.5);
        NodePlan plan = new NodePlan("node_va", "heart", 85, bare, 3, DELTA, 4);

        assertThat(FOUR_ROUNDS.objection(plan, List.of(), HEART, HEART.filter().budget()))
                .isEmpty();
    }
}
