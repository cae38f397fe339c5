package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.dpsgd.DpSgdTrainer;
import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.privacy.dpsgd.Progress;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.Map;

/**
 * One training step on two made-up examples while the node waits for its first task: it loads libtorch, which takes
 * longer than a small round, and shows at start whether it can be loaded. Touches no record and no budget.
 */
public final class EngineWarmUp implements Runnable {
    private static final System.Logger LOG = System.getLogger(EngineWarmUp.class.getName());
    private static final String GRAPH = """
            {"format": "coreason.graph/v1", "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
             "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1, "bias": true}],
             "output": "fc", "loss": "bce_with_logits"}
            """;

    @Override
    public void run() {
        try {
            train();
            LOG.log(System.Logger.Level.INFO, "engine.ready");
        } catch (RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.ERROR, "engine.broken: no round can be trained until it is mended", e);
        }
    }

    static Weights train() {
        ModelGraph graph = ModelGraph.parse(Json.read(GRAPH), "");
        Weights base = Weights.of(graph, Map.of("fc.weight", new float[2], "fc.bias", new float[1]));
        Examples examples = Examples.of(new long[] {2}, new float[] {0, 1, 1, 0}, new float[] {0, 1});
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1, 1, 2, 1);
        try (DpSgdTrainer trainer = new DpSgdTrainer(graph)) {
            return trainer.train(base, examples, plan, NoiseKeys.fresh(), Progress.NONE);
        }
    }
}
