package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Jobs for tests: logistic regression on two numbers. */
final class Jobs {
    private Jobs() {}

    /** The job's document, free to change. */
    static ObjectNode document() {
        return (ObjectNode) Json.read("""
                {"clients": ["node_a", "node_b"], "min_clients": 2, "rounds": 10, "strategy": "FED_AVG",
                 "privacy": {"mechanism": "DP_SGD", "noise_multiplier": 2.0, "max_grad_norm": 1.0,
                             "target_epsilon": 3.0, "target_delta": 0.001},
                 "dataset": {"name": "heart",
                             "features": [{"field": "age", "encode": "min_max"}, {"field": "sex", "encode": "identity"}],
                             "label": {"field": "label", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1, "bias": true}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """);
    }

    static FederationJob job(ObjectNode document) {
        return FederationJob.parse(document, JobRules.inSimulation());
    }
}
