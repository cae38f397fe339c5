package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Weights that make a large gradient of one unit in the last place of a {@code sigmoid}: where its value at the end of a tensor is
 * another than in its middle, one unit more or less changes what all the others add.
 */
@Tag("bare-libtorch")
class LastPlaceTest {
    private static final double CLIP = 1;
    private static final int INPUTS_TRIED = 400;

    private static final ModelGraph GRAPH = Graphs.graph(
            "[1]",
            "c",
            "mse",
            "{'name':'a','op':'linear','in':['x'],'out_features':1,'trainable':false}",
            "{'name':'s','op':'sigmoid','in':['a']}",
            "{'name':'b','op':'linear','in':['s'],'out_features':1,'trainable':false}",
            "{'name':'c','op':'linear','in':['b'],'out_features':1}");

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 19, 27, 28, 31, 32, 51, 103, 104, 115, 255, 508})
    void sum_weightsThatMagnifyTheLastPlace_isMovedByAtMostC(int units) {
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(1);
        SplittableRandom random = new SplittableRandom(units);
        try (CompiledGraph compiled = new CompiledGraph(GRAPH, 1)) {
            for (int i = 0; i < INPUTS_TRIED; i++) {
                float x = (float) random.nextDouble(-3, 3);
                assertThat(moved(compiled, x, units)).as("x = %s", x).isLessThanOrEqualTo(CLIP);
            }
        }
    }

    /** What the last of so many units of the same record moves the sum by. */
    private static double moved(CompiledGraph compiled, float x, int units) {
        float middle = (float) (1 / (1 + Math.exp(-x)));
        Weights weights = Weights.of(
                GRAPH,
                Map.of(
                        "a.weight", new float[] {1},
                        "a.bias", new float[] {0},
                        "b.weight", new float[] {16},
                        "b.bias", new float[] {-16 * middle},
                        "c.weight", new float[] {9e8f},
                        "c.bias", new float[] {0}));
        float[] inputs = new float[units + 1];
        Arrays.fill(inputs, x);
        Examples examples = Examples.of(new long[] {1}, inputs, new float[units + 1]);
        TrainingPlan plan = new TrainingPlan(
                Mechanism.DP_SGD,
                1,
                1,
                1,
                CLIP,
                Clipping.FLAT,
                units,
                0.1,
                Optimizer.PLAIN,
                MetricRelease.NONE,
                NoiseForm.GAUSSIAN);
        try (TrainingRun run = new TrainingRun(compiled, weights, examples, plan, 1 << 16)) {
            double[] with = sum(run, units + 1);
            double[] without = sum(run, units);
            return Math.sqrt(IntStream.range(0, with.length)
                    .mapToDouble(i -> (with[i] - without[i]) * (with[i] - without[i]))
                    .sum());
        }
    }

    private static double[] sum(TrainingRun run, int units) {
        run.addClipped(IntStream.range(0, units).mapToObj(u -> new long[] {u}).toArray(long[][]::new));
        return run.takeSum();
    }
}
