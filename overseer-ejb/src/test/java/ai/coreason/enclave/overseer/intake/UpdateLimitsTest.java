package ai.coreason.enclave.overseer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.dpsgd.Mechanism;
import ai.coreason.enclave.privacy.dpsgd.TrainingPlan;
import ai.coreason.enclave.privacy.dpsgd.UpdateBound;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.json.Json;
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
        ObjectNode document = (ObjectNode) Json.read("""
                {"clients": ["a"], "min_clients": 1, "rounds": 1, "strategy": "FED_AVG",
                 "privacy": {"mechanism": "DP_SGD", "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "heart", "features": [{"field": "age", "encode": "identity"}],
                             "label": {"field": "label", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [1]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1, "bias": true}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """);
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
