package ai.coreason.enclave.launcher.hostile;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The smallest jobs that train with differential privacy: one feature, two weights. */
final class TestJobs {
    static final String DATASET = "vitals";

    private TestJobs() {}

    /** A job that all of these nodes can pay for. */
    static ObjectNode job(List<String> clients, int minClients, int rounds) {
        ObjectNode job = Json.object();
        clients.forEach(job.putArray("clients")::add);
        job.put("min_clients", minClients).put("rounds", rounds).put("strategy", "FED_AVG");
        job.putObject("privacy")
                .put("mechanism", "DP_SGD")
                .put("noise_multiplier", 8.0)
                .put("max_grad_norm", 1.0)
                .put("target_epsilon", 3.0);
        ObjectNode dataset = job.putObject("dataset").put("name", DATASET);
        dataset.putArray("features").addObject().put("field", "age").put("encode", "identity");
        dataset.putObject("label").put("field", "outcome").put("encode", "binary");
        job.putObject("training")
                .put("optimizer", "SGD")
                .put("learning_rate", 0.5)
                .put("local_steps", 1)
                .put("batch_size", 10);
        ObjectNode model = job.putObject("model").put("format", "coreason.graph/v1");
        model.putArray("inputs")
                .addObject()
                .put("name", "x")
                .put("dtype", "float32")
                .putArray("shape")
                .add(1);
        ObjectNode linear =
                model.putArray("nodes").addObject().put("name", "fc").put("op", "linear");
        linear.putArray("in").add("x");
        linear.put("out_features", 1).put("bias", true);
        model.put("output", "fc").put("loss", "bce_with_logits");
        return job;
    }
}
