package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.SealingKey;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TaskSizeTest {
    private static final int A_FIELD = 9_900;

    /** A job of 30 fields in one_hot, each of whose orders has so many values. */
    private static FederationJob wide(int values) {
        ObjectNode job = (ObjectNode) Json.read("""
                {"clients": ["a"], "min_clients": 1, "rounds": 1, "strategy": "FED_AVG",
                 "privacy": {"mechanism": "DP_SGD", "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "heart", "features": [], "label": {"field": "label", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [%d]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1, "bias": true}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """.formatted(30 * values));
        ArrayNode features = (ArrayNode) job.at("/dataset/features");
        for (int i = 0; i < 30; i++) {
            ObjectNode feature = Json.object().put("field", "f" + i).put("encode", "one_hot");
            ArrayNode order = feature.putArray("order");
            for (int v = 0; v < values; v++) {
                order.add("v" + v);
            }
            features.add(feature);
        }
        return FederationJob.parse(job, JobRules.inSimulation());
    }

    private static byte[] task(FederationJob job) {
        return Json.write(new RoundTask(
                        AttemptKey.first(UUID.randomUUID().toString(), 1),
                        new byte[RoundTask.NONCE_LENGTH],
                        "0".repeat(64),
                        new TrainingPlan(Mechanism.DP_SGD, 5, 0.1, 1, 1, 16, 0.5),
                        Instant.now(),
                        job,
                        new SealingKey(new byte[32]))
                .json());
    }

    @Test
    void require_largestJob_isOneWhoseTaskNodesRead() {
        FederationJob job = wide(A_FIELD);

        TaskSize.require(job);

        assertThat(Json.readForeign(task(job)).has("job")).isTrue();
    }

    @Test
    void require_jobWhoseTaskNoNodeReads_isRefusedByMember() {
        FederationJob job = wide(A_FIELD + 90);
        assertThatThrownBy(() -> Json.readForeign(task(job))).isInstanceOf(InvalidDocument.class);

        assertThatThrownBy(() -> TaskSize.require(job))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("dataset: expected a job of at most 299000 JSON tokens, so that its task can be"
                        + " read by nodes, got ");
    }
}
