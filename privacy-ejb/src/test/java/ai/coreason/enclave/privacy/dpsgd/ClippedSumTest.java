package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program's norms and clipped sums against one ordinary backward pass per example. */
class ClippedSumTest {
    private static final double TOLERANCE = 2e-4;

    static Stream<Named<ModelGraph>> graphs() {
        return Stream.concat(layers(), OperatorGraphs.all());
    }

    private static Stream<Named<ModelGraph>> layers() {
        return Stream.of(
                Named.of("tabular", Graphs.tabular()),
                Named.of("mnist", Graphs.mnist()),
                conv(
                        "groups, stride, padding, dilation",
                        "'kernel_size':[3,2],'stride':[2,1],'padding':[1,2],'dilation':[1,2],'groups':2"),
                conv("depthwise without bias", "'kernel_size':3,'groups':4,'bias':false"),
                conv("kernel as large as the input", "'kernel_size':[7,9]"),
                conv("kernel as large as the input, grouped", "'kernel_size':[7,9],'groups':2"),
                conv("ghost norm", "'kernel_size':[6,8]"),
                Named.of(
                        "linear at positions, ghost and formed, tanh and sigmoid",
                        Graphs.graph(
                                "[2, 3, 24]",
                                "c",
                                "mse",
                                "{'name':'a','op':'linear','in':['x'],'out_features':20}",
                                "{'name':'t','op':'tanh','in':['a']}",
                                "{'name':'b','op':'linear','in':['t'],'out_features':3,'bias':false}",
                                "{'name':'s','op':'sigmoid','in':['b']}",
                                "{'name':'c','op':'linear','in':['s'],'out_features':2}")),
                Named.of(
                        "frozen layers before, between and after",
                        Graphs.graph(
                                "[6]",
                                "d",
                                "bce_with_logits",
                                "{'name':'a','op':'linear','in':['x'],'out_features':5,'trainable':false}",
                                "{'name':'b','op':'linear','in':['a'],'out_features':4}",
                                "{'name':'c','op':'linear','in':['b'],'out_features':4,'trainable':false}",
                                "{'name':'t','op':'tanh','in':['c']}",
                                "{'name':'e','op':'linear','in':['t'],'out_features':4,'bias':false}",
                                "{'name':'d','op':'linear','in':['e'],'out_features':3,'trainable':false}")),
                Named.of(
                        "pool with padding, dilation and ceiling",
                        Graphs.graph(
                                "[2, 9, 8]",
                                "fc",
                                "cross_entropy",
                                "{'name':'a','op':'conv2d','in':['x'],'out_channels':3,'kernel_size':2}",
                                "{'name':'p','op':'max_pool2d','in':['a'],'kernel_size':[3,2],'stride':2,'padding':1,'dilation':[2,1],'ceil_mode':true}",
                                "{'name':'f','op':'flatten','in':['p']}",
                                "{'name':'fc','op':'linear','in':['f'],'out_features':4}")));
    }

    private static Named<ModelGraph> conv(String name, String attributes) {
        return Named.of(
                "conv2d, " + name,
                Graphs.graph(
                        "[4, 7, 9]",
                        "fc",
                        "cross_entropy",
                        "{'name':'c','op':'conv2d','in':['x'],'out_channels':8," + attributes + "}",
                        "{'name':'a','op':'relu','in':['c']}",
                        "{'name':'f','op':'flatten','in':['a']}",
                        "{'name':'fc','op':'linear','in':['f'],'out_features':3}"));
    }

    static Examples examples(ModelGraph graph, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[Math.toIntExact(count * graph.input().shape().size())];
        OptionalLong tokens = graph.tokens();
        for (int i = 0; i < x.length; i++) {
            x[i] = tokens.isPresent() ? random.nextLong(tokens.getAsLong()) : (float) (random.nextDouble() * 3 - 1);
        }
        long outputs = Shape.of(graph.outputShape()).size();
        long[] shape = graph.input().shape().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
        if (graph.loss() == LossKind.CROSS_ENTROPY) {
            return Examples.of(shape, x, random.longs(count, 0, outputs).toArray());
        }
        float[] y = new float[Math.toIntExact(count * outputs)];
        for (int i = 0; i < y.length; i++) {
            y[i] = graph.loss() == LossKind.MSE ? (float) random.nextDouble() : random.nextInt(2);
        }
        return Examples.of(shape, x, y);
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void addClipped_anyBatch_equalsBruteForce(ModelGraph graph) {
        Weights weights = weights(graph);
        Examples examples = examples(graph, 7, 5);
        try (CompiledGraph compiled = new CompiledGraph(graph)) {
            Oracle oracle = new Oracle(compiled);
            List<float[]> gradients = LongStream.range(0, 7)
                    .mapToObj(i -> oracle.gradient(weights, examples, (int) i))
                    .toList();
            double[] norms =
                    gradients.stream().mapToDouble(Oracle::norm).sorted().toArray();
            double clip = norms[3];
            assertThat(norms[6]).as("some are clipped, some are not").isGreaterThan(norms[0]);
            for (long[] batch : new long[][] {{}, {4}, {0, 2, 5}, {0, 1, 2, 3, 4, 5, 6}}) {
                compare(compiled, weights, examples, clip, batch, gradients);
            }
        }
    }

    /** A median clip, so that some layers of some examples are clipped and some are not. */
    @ParameterizedTest
    @MethodSource("graphs")
    void addClipped_perLayerAndAutomatic_equalBruteForceAndKeepToC(ModelGraph graph) {
        Weights weights = Initializer.initial(graph, new SplittableRandom(11)::nextLong);
        Examples examples = examples(graph, 7, 5);
        try (CompiledGraph compiled = new CompiledGraph(graph)) {
            Oracle oracle = new Oracle(compiled);
            List<float[]> gradients = LongStream.range(0, 7)
                    .mapToObj(i -> oracle.gradient(weights, examples, (int) i))
                    .toList();
            double clip = gradients.stream().mapToDouble(Oracle::norm).sorted().toArray()[3];
            for (Clipping clipping : Clipping.values()) {
                TrainingPlan plan = plan(clip, clipping);
                for (long[] batch : new long[][] {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {0, 2, 5}}) {
                    double[] expected = new double[gradients.get(0).length];
                    for (long b : batch) {
                        double[] one =
                                Oracle.clipped(graph, gradients.get((int) b), clipping, Oracle.drawnIn(compiled, clip));
                        assertThat(norm(one)).isLessThanOrEqualTo(clip * (1 + 1e-6));
                        for (int i = 0; i < expected.length; i++) {
                            expected[i] += one[i];
                        }
                    }
                    try (TrainingRun run = new TrainingRun(compiled, weights, examples, plan, 100)) {
                        run.addClipped(batch);
                        compare(run, expected);
                        double[] sum = new double[expected.length];
                        for (int i = 0; i < sum.length; i++) {
                            sum[i] = run.sum().get(i);
                        }
                        assertThat(norm(sum)).isLessThanOrEqualTo(batch.length * clip * (1 + 1e-6));
                    }
                }
            }
        }
    }

    private static long[][] singly(long[] examples) {
        return Arrays.stream(examples).mapToObj(e -> new long[] {e}).toArray(long[][]::new);
    }

    private static double norm(double[] v) {
        return Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
    }

    static Stream<Named<ModelGraph>> graphsOfNumbers() {
        return graphs().filter(g -> g.getPayload().input().type() == ElementType.FLOAT32);
    }

    @ParameterizedTest
    @MethodSource("graphsOfNumbers")
    void addClipped_exampleWithoutFiniteGradient_countsAsZeroAndIsCounted(ModelGraph graph) {
        Examples examples = examples(graph, 5, 6);
        int size = examples.x().length / 5;
        Arrays.fill(examples.x(), 2 * size, 3 * size, Float.NaN);
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun with = new TrainingRun(compiled, weights(graph), examples, plan(0.5, Clipping.FLAT), 100);
                TrainingRun without =
                        new TrainingRun(compiled, weights(graph), examples, plan(0.5, Clipping.FLAT), 100)) {
            assertThat(with.addClipped(new long[] {0, 2, 4})).isEqualTo(1);
            assertThat(without.addClipped(new long[] {0, 4})).isZero();
            assertThat(with.sum()).isEqualTo(without.sum());
            assertThat(with.addClipped(new long[] {2})).isEqualTo(1);
            assertThat(with.sum()).isEqualTo(without.sum());
        }
    }

    /**
     * Inputs of which eight are 1 and the others so small that each alone is lost when its square is added to 1 in single
     * precision; together they are a two hundred and fiftieth of the norm.
     */
    @ParameterizedTest
    @ValueSource(ints = {1 << 20, 1_048_583, 3 * 349_526})
    void squaredNorms_manySmallInputsBesideLargeOnes_areNotLost(int width) {
        ModelGraph graph = Graphs.graph(
                "[" + width + "]", "a", "mse", "{'name':'a','op':'linear','in':['x'],'out_features':1,'bias':false}");
        float[] x = new float[2 * width];
        Arrays.fill(x, 0x1p-12f);
        for (int i = 0; i < 8; i++) {
            x[i] = 1;
            x[width + width / 2 + i] = 1;
        }
        Weights zero = Weights.of(graph, Map.of("a.weight", new float[width]));
        double input = Math.sqrt(8 + (width - 8) * 0x1p-24);
        Examples examples = Examples.of(new long[] {width}, x, new float[] {0.5f, 0.5f});
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun run = new TrainingRun(compiled, zero, examples, plan(0.5, Clipping.FLAT), 100)) {
            for (long[] batch : new long[][] {{0}, {1}, {0, 1}}) {
                for (double squared : run.squaredNorms(singly(batch))) {
                    assertThat(Math.sqrt(squared)).isBetween(input * (1 - TOLERANCE), input * (1 + TOLERANCE));
                }
            }
        }
    }

    /** The same for the rows of a table that one example uses. */
    @Test
    void squaredNorms_manySmallRowsBesideALargeOne_areNotLost() {
        int tokens = (1 << 16) + 1;
        ModelGraph graph = Graphs.tokenGraph(
                "[" + tokens + "]",
                "a",
                "mse",
                "{'name':'e','op':'embedding','in':['x'],'num_embeddings':" + tokens + ",'embedding_dim':1}",
                "{'name':'f','op':'flatten','in':['e']}",
                "{'name':'a','op':'linear','in':['f'],'out_features':1,'bias':false,'trainable':false}");
        float[] slope = new float[tokens];
        Arrays.fill(slope, 0x1p-12f);
        slope[0] = 1;
        float[] x = new float[tokens];
        for (int i = 0; i < tokens; i++) {
            x[i] = i;
        }
        Weights weights = Weights.of(graph, Map.of("e.weight", new float[tokens], "a.weight", slope));
        double norm = Math.sqrt(1 + 0x1p-8);
        Examples examples = Examples.of(new long[] {tokens}, x, new float[] {0.5f});
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun run = new TrainingRun(compiled, weights, examples, plan(0.5, Clipping.FLAT), 100)) {
            double squared = run.squaredNorms(singly(new long[] {0}))[0];
            assertThat(Math.sqrt(squared)).isBetween(norm * (1 - TOLERANCE), norm * (1 + TOLERANCE));
        }
    }

    /** Initial weights, moved a little so that no parameter is all ones or zeros. */
    static Weights weights(ModelGraph graph) {
        SplittableRandom random = new SplittableRandom(11);
        Weights initial = Initializer.initial(graph, random::nextLong);
        Map<String, float[]> moved = new HashMap<>();
        for (String name : initial.names()) {
            float[] values = initial.get(name);
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (random.nextDouble() * 0.2 - 0.1);
            }
            moved.put(name, values);
        }
        return Weights.of(graph, moved);
    }

    private static void compare(
            CompiledGraph graph,
            Weights weights,
            Examples examples,
            double clip,
            long[] batch,
            List<float[]> gradients) {
        try (TrainingRun run = new TrainingRun(graph, weights, examples, plan(clip, Clipping.FLAT), 100)) {
            double[] squared = run.squaredNorms(singly(batch));
            run.addClipped(batch);
            double[] expected = new double[gradients.get(0).length];
            for (int b = 0; b < batch.length; b++) {
                float[] gradient = gradients.get((int) batch[b]);
                double norm = Oracle.norm(gradient);
                assertThat(Math.sqrt(squared[b])).isBetween(norm * (1 - TOLERANCE), norm * (1 + TOLERANCE));
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += gradient[i] * Math.min(1, Oracle.drawnIn(graph, clip) / (norm + 1e-6));
                }
            }
            assertThat(squared).hasSize(batch.length);
            compare(run, expected);
        }
    }

    static void compare(TrainingRun run, double[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error = Math.max(error, Math.abs(expected[i] - run.sum().get(i)));
            size = Math.max(size, Math.abs(expected[i]));
        }
        assertThat(error).isLessThanOrEqualTo(TOLERANCE * size);
    }

    private static TrainingPlan plan(double clip, Clipping clipping) {
        return new TrainingPlan(
                Mechanism.DP_SGD,
                1,
                0.5,
                1,
                clip,
                clipping,
                4,
                0.1,
                Optimizer.PLAIN,
                MetricRelease.NONE,
                NoiseForm.GAUSSIAN);
    }
}
