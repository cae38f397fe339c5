package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Jobs for tests. */
final class Jobs {
    private static final String JOB = """
            {"job_id": "0b0f7b5e-3c9b-4a55-8f0a-6f5a2b7d9c11",
             "clients": ["node_a", "node_b", "node_c"], "min_clients": 2, "rounds": 20, "strategy": "FED_AVG",
             "privacy": {"mechanism": "DP_SGD", "noise_multiplier": 1.5, "max_grad_norm": 1.0,
                         "target_epsilon": 3.0, "target_delta": 1e-5, "clipping": "flat"},
             "dataset": {"name": "heart",
                         "features": [{"field": "age", "encode": "min_max"},
                                      {"field": "bp", "encode": "standardise", "mean": 130, "std": 17.5}],
                         "label": {"field": "label", "encode": "binary"}},
             "training": {"optimizer": "SGD", "learning_rate": 0.1, "local_steps": 10, "batch_size": 32,
                          "proximal_mu": 0.0, "server_learning_rate": 1.0, "client_fraction": 1.0,
                          "max_update_norm": 10.0},
             "metrics": [], "round_deadline_seconds": 600, "on_budget": "REFUSE", "purpose": "a trial", "seed": 7,
             "initial_model": "%s",
             "model": {"format": "coreason.graph/v1",
                       "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
                       "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1, "bias": true}],
                       "output": "fc", "loss": "bce_with_logits"}}
            """.formatted("ab".repeat(32));

    private Jobs() {}

    static ObjectNode full() {
        return (ObjectNode) Json.read(JOB);
    }
}
