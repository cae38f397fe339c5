package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A hundred made-up records a node, and jobs for the nodes {@code node_a} and {@code node_b}. */
final class SmallRecords {
    private SmallRecords() {}

    /** Writes a node's records and their data package below a folder. */
    static Path write(Path folder, String node) throws IOException {
        Path records = Files.createDirectories(folder.resolve(node + "-records"));
        StringBuilder csv = new StringBuilder("age,sex,label\n");
        for (int i = 0; i < 100; i++) {
            csv.append(i)
                    .append(',')
                    .append(i % 2)
                    .append(',')
                    .append(i < 50 ? 0 : 1)
                    .append('\n');
        }
        Files.writeString(records.resolve("records.csv"), csv);
        return Files.writeString(records.resolve("datapackage.json"), """
                {"name": "records", "resources": [{"name": "%1$s", "path": "records.csv", "format": "csv",
                 "schema": {"fields": [
                   {"name": "age", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 120}},
                   {"name": "sex", "type": "number", "constraints": {"required": true, "enum": [0, 1]}},
                   {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                 "coreason": {"data_owner": "owner_%1$s", "dataset_id": "heart", "privacy_unit": "record",
                              "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(node));
    }

    /** A job of a model with one hidden layer that needs both nodes in every round and waits an hour for them. */
    static ObjectNode job(int width, int rounds) {
        return (ObjectNode) Json.read("""
                {"clients": ["node_a", "node_b"], "min_clients": 2, "rounds": %d, "round_deadline_seconds": 3600,
                 "strategy": "FED_AVG",
                 "privacy": {"mechanism": "DP_SGD", "noise_multiplier": 2.0, "max_grad_norm": 1.0,
                             "target_epsilon": 3.0, "target_delta": 0.001},
                 "dataset": {"name": "heart",
                             "features": [{"field": "age", "encode": "min_max"}, {"field": "sex", "encode": "identity"}],
                             "label": {"field": "label", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 2, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
                           "nodes": [{"name": "wide", "op": "linear", "in": ["x"], "out_features": %d, "bias": true},
                                     {"name": "r", "op": "relu", "in": ["wide"]},
                                     {"name": "fc", "op": "linear", "in": ["r"], "out_features": 1, "bias": true}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """.formatted(rounds, width));
    }
}
