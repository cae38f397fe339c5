package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanCheckTest {
    private static final Dataset HEART = dataset(false);

    @Test
    void objection_planOfTheJob_isNone() {
        assertThat(check(Jobs.document()).objection(plan(Mechanism.DP_SGD, 5, 0.08, 2, 1, 16, 0.5)))
                .isEmpty();
    }

    @Test
    void objection_moreNoiseThanTheJobSays_namesIt() {
        assertThat(check(Jobs.document()).objection(plan(Mechanism.DP_SGD, 5, 0.08, 7, 1, 16, 0.5)))
                .hasValue("plan.noise_multiplier: expected 2.0, got 7.0");
    }

    @Test
    void objection_noiseLeftOpen_isAllButTheNodesOwnDouble() {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("privacy")).remove("noise_multiplier");
        double own = PlanAccountant.calibrate(0.08, 50, 0.001, 3.0);

        assertThat(check(job).objection(plan(Mechanism.DP_SGD, 5, 0.08, own, 1, 16, 0.5)))
                .isEmpty();
        for (double other : new double[] {own / 2, Math.nextDown(own), Math.nextUp(own), 2 * own}) {
            assertThat(check(job).objection(plan(Mechanism.DP_SGD, 5, 0.08, other, 1, 16, 0.5)))
                    .hasValue("plan.noise_multiplier: expected " + own + ", got " + other);
        }
    }

    @Test
    void objection_batchAboveTheRows_isRateOneAndAllRows() {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("training")).put("batch_size", 1000);

        assertThat(check(job).objection(plan(Mechanism.DP_SGD, 5, 1, 2, 1, 200, 0.5)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6 | 0.08 | 2   | 1 | 16   | 0.5 | plan.steps: expected 5, got 6",
                "5 | 0.09 | 2   | 1 | 16   | 0.5 | plan.sampling_rate: expected 0.08, got 0.09",
                "5 | 0.08 | 2   | 1 | 15.9 | 0.5 | plan.normaliser: expected 16.0, got 15.9",
                "5 | 0.08 | 2   | 2 | 16   | 0.5 | plan.max_grad_norm: expected 1.0, got 2.0",
                "5 | 0.08 | 2   | 1 | 16   | 0.6 | plan.learning_rate: expected 0.5, got 0.6",
                "5 | 0.08 | 1.9 | 1 | 16   | 0.5 | plan.noise_multiplier: expected 2.0, got 1.9"
            })
    void objection_oneMemberOff_namesIt(
            long steps, double rate, double noise, double clip, double normaliser, double learning, String objection) {
        assertThat(check(Jobs.document())
                        .objection(plan(Mechanism.DP_SGD, steps, rate, noise, clip, normaliser, learning)))
                .hasValue(objection);
    }

    @Test
    void objection_otherClippingOrOptimizer_namesIt() {
        ObjectNode json = plan(Mechanism.DP_SGD, 5, 0.08, 2, 1, 16, 0.5).json();
        TrainingPlan clipped = TrainingPlan.parse(json.deepCopy().put("clipping", "per_layer"), "");
        TrainingPlan heavy = TrainingPlan.parse(json.deepCopy().put("momentum", 0.9), "");

        assertThat(check(Jobs.document()).objection(clipped)).hasValue("plan.clipping: expected FLAT, got PER_LAYER");
        assertThat(check(Jobs.document()).objection(heavy))
                .hasValueSatisfying(o -> assertThat(o).startsWith("plan.optimizer: expected Optimizer[rule=SGD"));

        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("privacy")).put("clipping", "per_layer");
        assertThat(check(job).objection(clipped)).isEmpty();
    }

    @Test
    void objection_planWithoutTheJobsMechanism_namesIt() {
        assertThat(check(Jobs.document()).objection(plan(Mechanism.NONE, 5, 0.08, 0, 1, 16, 0.5)))
                .hasValue("plan.mechanism: expected DP_SGD as in the job, got NONE");
    }

    @Test
    void objection_noMechanism_isForSimulationOrPublicRecordsOnly() {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("privacy")).put("mechanism", "NONE").remove("noise_multiplier");
        TrainingPlan none = plan(Mechanism.NONE, 5, 0.08, 0, 1, 16, 0.5);

        assertThat(new PlanCheck(Jobs.job(job), HEART, true).objection(none)).isEmpty();
        assertThat(new PlanCheck(Jobs.job(job), dataset(true), false).objection(none))
                .isEmpty();
        assertThat(new PlanCheck(Jobs.job(job), HEART, false).objection(none))
                .hasValue("plan.mechanism: expected DP_SGD on records that are not public, got NONE");
    }

    @Test
    void objection_deltaAboveTheDatasets_namesIt() {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("privacy")).put("target_delta", 0.002);

        assertThat(check(job).objection(plan(Mechanism.DP_SGD, 5, 0.08, 2, 1, 16, 0.5)))
                .hasValue("job.privacy.target_delta: expected at most the dataset's 0.001, got 0.002");
    }

    private static PlanCheck check(ObjectNode job) {
        return new PlanCheck(Jobs.job(job), HEART, false);
    }

    private static Dataset dataset(boolean open) {
        return new Dataset("owner", "heart", PrivacyUnit.RECORD, 200, 0.001, 5, open);
    }

    private static TrainingPlan plan(
            Mechanism mechanism,
            long steps,
            double rate,
            double noise,
            double clip,
            double normaliser,
            double learningRate) {
        return new TrainingPlan(mechanism, steps, rate, noise, clip, normaliser, learningRate);
    }
}
