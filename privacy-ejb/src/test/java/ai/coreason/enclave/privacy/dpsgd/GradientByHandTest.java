package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Gradients of single examples against the formulas written out in plain Java, in double precision. */
class GradientByHandTest {
    @Test
    void gradient_linearLayerWithSquaredError_isByTheFormula() {
        ModelGraph graph = Graphs.graph("[5]", "fc", "mse", "{'name':'fc','op':'linear','in':['x'],'out_features':3}");
        Weights w = Initializer.initial(graph, new SplittableRandom(1)::nextLong);
        Examples data = ClippedSumTest.examples(graph, 2, 9);
        float[] weight = w.get("fc.weight");
        float[] bias = w.get("fc.bias");
        for (int b = 0; b < 2; b++) {
            double[] expected = new double[18];
            for (int o = 0; o < 3; o++) {
                double z = bias[o];
                for (int i = 0; i < 5; i++) {
                    z += weight[o * 5 + i] * data.x()[b * 5 + i];
                }
                double dz = 2 * (z - data.targets().orElseThrow()[b * 3 + o]) / 3;
                for (int i = 0; i < 5; i++) {
                    expected[o * 5 + i] = dz * data.x()[b * 5 + i];
                }
                expected[15 + o] = dz;
            }
            check(graph, w, data, b, expected);
        }
    }

    @Test
    void gradient_groupedStridedDilatedConvolution_isByTheFormula() {
        ModelGraph graph = Graphs.graph(
                "[4, 6, 7]",
                "c",
                "mse",
                "{'name':'c','op':'conv2d','in':['x'],'out_channels':6,'kernel_size':[3,2],'stride':[2,1],"
                        + "'padding':[1,2],'dilation':[1,3],'groups':2}");
        Weights w = Initializer.initial(graph, new SplittableRandom(2)::nextLong);
        Examples data = ClippedSumTest.examples(graph, 2, 10);
        float[] weight = w.get("c.weight");
        float[] y = data.targets().orElseThrow();
        int oh = 3;
        int ow = 8;
        assertThat(graph.outputShape()).containsExactly(6, oh, ow);
        for (int b = 0; b < 2; b++) {
            double[] expected = new double[6 * 2 * 3 * 2 + 6];
            for (int o = 0; o < 6; o++) {
                for (int r = 0; r < oh; r++) {
                    for (int s = 0; s < ow; s++) {
                        double z = w.get("c.bias")[o];
                        for (int k = 0; k < 12; k++) {
                            z += weight[o * 12 + k] * pixel(data.x(), b, o, k, r, s);
                        }
                        double dz = 2 * (z - y[((b * 6 + o) * oh + r) * ow + s]) / (6 * oh * ow);
                        for (int k = 0; k < 12; k++) {
                            expected[o * 12 + k] += dz * pixel(data.x(), b, o, k, r, s);
                        }
                        expected[72 + o] += dz;
                    }
                }
            }
            check(graph, w, data, b, expected);
        }
    }

    /** What element k of output o's kernel meets at output position (r, s); 0 in the padding. */
    private static double pixel(float[] x, int b, int o, int k, int r, int s) {
        int channel = o / 3 * 2 + k / 6;
        int row = r * 2 - 1 + k / 2 % 3;
        int column = s - 2 + k % 2 * 3;
        boolean inside = row >= 0 && row < 6 && column >= 0 && column < 7;
        return inside ? x[((b * 4 + channel) * 6 + row) * 7 + column] : 0;
    }

    private static void check(ModelGraph graph, Weights w, Examples data, int index, double[] expected) {
        TrainingPlan plan = new TrainingPlan(Mechanism.NONE, 1, 1, 0, 1, 1, 1);
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun run = new TrainingRun(compiled, w, data, plan, 100)) {
            assertThat(run.addClipped(new long[] {index})).isZero();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) run.sum().get(i)).as("element %d", i).isCloseTo(expected[i], within(expected));
            }
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double[] expected) {
        return org.assertj.core.data.Offset.offset(
                1e-5 * java.util.Arrays.stream(expected).map(Math::abs).max().orElseThrow());
    }
}
