package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.privacy.plan.UpdateBound;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateLimitsTest {
    private static final TrainingPlan PLAN = new TrainingPlan(Mechanism.DP_SGD, 5, 0.1, 1, 1, 16, 0.5);

    @TempDir
    private Path folder;

    private ModelStore models;
    private UpdateLimits limits;
    private String base;

    @BeforeEach
    void open() {
        models = new ModelStore(new Storage(folder.toString()));
        limits = new UpdateLimits(models);
        FederationJob job = job(OptionalDouble.empty());
        Weights weights = Weights.of(job.model(), Map.of("fc.weight", new float[] {3f}, "fc.bias", new float[] {4f}));
        base = models.store(weights, job.model(), "job", 0);
    }

    private static FederationJob job(OptionalDouble maxUpdateNorm) {
        ObjectNode document = SmallJob.document();
        maxUpdateNorm.ifPresent(norm -> ((ObjectNode) document.get("training")).put("max_update_norm", norm));
        return FederationJob.parse(document, JobRules.inSimulation());
    }

    @Test
    void of_planWithNoise_isItsBoundOverTheBaseToThreeFigures() {
        double exact = UpdateBound.of(PLAN, 2, 5).orElseThrow();

        double limit = limits.of(job(OptionalDouble.empty()), PLAN, base).orElseThrow();

        assertThat(limit).isBetween(exact, 1.01 * exact);
        assertThat(Double.toString(limit).replaceAll("[^0-9]", "").replaceAll("^0+|0+$", ""))
                .hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void of_jobThatStatesOne_isTheLowerOfBoth() {
        assertThat(limits.of(job(OptionalDouble.of(0.5)), PLAN, base)).hasValue(0.5);
        assertThat(limits.of(job(OptionalDouble.of(1e9)), PLAN, base))
                .isEqualTo(limits.of(job(OptionalDouble.empty()), PLAN, base));
    }

    @Test
    void of_noMechanism_isWhatTheJobStates() {
        TrainingPlan plain = new TrainingPlan(Mechanism.NONE, 5, 0.1, 0, 1, 16, 0.5);

        assertThat(limits.of(job(OptionalDouble.of(7)), plain, "no such model")).hasValue(7);
        assertThat(limits.of(job(OptionalDouble.empty()), plain, "no such model"))
                .isEmpty();
    }
}
