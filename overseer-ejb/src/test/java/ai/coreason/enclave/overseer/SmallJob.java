package ai.coreason.enclave.overseer;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A job of one round at one node, {@code a}: a line through ages. */
public final class SmallJob {
    private SmallJob() {}

    /** Its document, anew each time. */
    public static ObjectNode document() {
        return (ObjectNode) Json.read("""
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
    }
}
