package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Privacy units of several examples: who enters a step, and the program against the definition. */
class UnitsTest {
    private static final RandomBits NEVER = () -> {
        throw new AssertionError("no choice to make");
    };

    @Test
    void records_unitsOfAnyNumber_haveTheirExamplesInOrder() {
        Units units = new Units(new int[] {7, 2, 7, 2_000_000_000, 7, 2}, 3);
        assertThat(units.count()).isEqualTo(3);
        assertThat(units.records(0, NEVER)).containsExactly(1, 5);
        assertThat(units.records(1, NEVER)).containsExactly(0, 2, 4);
        assertThat(units.records(2, NEVER)).containsExactly(3);
    }

    @Test
    void create_outOfRange_isRefusedWithoutAValue() {
        Examples data = Examples.of(new long[] {1}, new float[3], new float[3]);
        assertThatThrownBy(() -> data.byUnit(new int[3], 0)).hasMessage("max_records: expected at least 1, got 0");
        assertThatThrownBy(() -> data.byUnit(new int[2], 1))
                .hasMessageStartingWith("unit: expected one number for each");
        assertThatThrownBy(() -> data.byUnit(new int[] {0, -4, 0}, 1))
                .hasMessage("unit: expected numbers from 0, got a negative one");
    }

    /**
     * 60,000 choices of 3 out of 7 under a fixed key: each of the 35 sets within 6.5 standard deviations, which goes wrong by
     * chance in less than 3e-9 of all keys.
     */
    @Test
    void records_moreThanK_areEverySetOfKAsOften() {
        Units units = new Units(new int[7], 3);
        KeyStream bits = new KeyStream(new byte[32]);
        int n = 60_000;
        int[] seen = new int[1 << 7];
        for (int i = 0; i < n; i++) {
            long[] chosen = units.records(0, bits);
            assertThat(chosen).hasSize(3).doesNotHaveDuplicates();
            seen[LongStream.of(chosen).mapToInt(e -> 1 << e).sum()]++;
        }
        double p = 1 / 35.0;
        for (int set = 0; set < seen.length; set++) {
            if (Integer.bitCount(set) == 3) {
                assertThat(Math.abs(seen[set] - n * p) / Math.sqrt(n * p * (1 - p)))
                        .isLessThan(6.5);
            }
        }
    }

    static List<org.junit.jupiter.api.Named<ModelGraph>> graphs() {
        return ClippedSumTest.graphs().toList();
    }

    /** Units of 1 to 4 examples, 7 in all, in one call and a few at a time, in all three ways of clipping. */
    @ParameterizedTest
    @MethodSource("graphs")
    void addClipped_unitsOfSeveralExamples_equalBruteForce(ModelGraph graph) {
        long[][] units = {{3}, {0, 6, 2, 9}, {}, {1, 4}, {5, 8, 7}, {10, 12, 11}, {13}, {14, 16}};
        long[][] present = Arrays.stream(units).filter(u -> u.length > 0).toArray(long[][]::new);
        Weights weights = Initializer.initial(graph, new SplittableRandom(11)::nextLong);
        Examples examples = ClippedSumTest.examples(graph, 17, 5);
        try (CompiledGraph single = new CompiledGraph(graph);
                CompiledGraph compiled = new CompiledGraph(graph, 4)) {
            Oracle oracle = new Oracle(single);
            List<float[]> means = new ArrayList<>();
            for (long[] unit : present) {
                means.add(mean(oracle, weights, examples, unit));
            }
            double clip = means.stream().mapToDouble(Oracle::norm).sorted().toArray()[3];
            for (Clipping clipping : Clipping.values()) {
                double[] expected = new double[means.get(0).length];
                for (float[] mean : means) {
                    double[] one = Oracle.clipped(graph, mean, clipping, Oracle.drawnIn(compiled, clip));
                    IntStream.range(0, one.length).forEach(i -> expected[i] += one[i]);
                }
                for (int callExamples : new int[] {100, 5, 1}) {
                    TrainingPlan plan = new TrainingPlan(
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
                    try (TrainingRun run = new TrainingRun(compiled, weights, examples, plan, callExamples)) {
                        assertThat(run.addClipped(present)).isZero();
                        ClippedSumTest.compare(run, expected);
                    }
                }
            }
        }
    }

    private static float[] mean(Oracle oracle, Weights weights, Examples examples, long[] unit) {
        double[] sum = null;
        for (long e : unit) {
            float[] g = oracle.gradient(weights, examples, (int) e);
            sum = sum == null ? new double[g.length] : sum;
            for (int i = 0; i < g.length; i++) {
                sum[i] += g[i] / (double) unit.length;
            }
        }
        float[] out = new float[sum.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) sum[i];
        }
        return out;
    }

    private static final ModelGraph LINE =
            Graphs.graph("[1]", "fc", "mse", "{'name':'fc','op':'linear','in':['x'],'out_features':1,'bias':false}");

    private static Weights zero() {
        return Weights.of(LINE, java.util.Map.of("fc.weight", new float[1]));
    }

    /** One unit of 1,000 examples moves the weights by no more than C, one of one example by as much. */
    @Test
    void train_unitOfManyExamples_movesTheSumByC() {
        float[] y = new float[1001];
        Arrays.fill(y, 50);
        float[] x = new float[1001];
        Arrays.fill(x, 1);
        int[] unit = new int[1001];
        unit[1000] = 1;
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1e-6, 2, 1, 1);
        int[] drawn = new int[1];
        try (DpSgdTrainer trainer = new DpSgdTrainer(LINE)) {
            Weights w = trainer.train(
                    zero(),
                    Examples.of(new long[] {1}, x, y).byUnit(unit, 8),
                    plan,
                    NoiseKeys.fresh(),
                    (step, n, nonFinite) -> drawn[0] = n);
            assertThat(w.get("fc.weight")[0]).isBetween(4 * 0.99f, 4f);
            assertThat(drawn[0]).isEqualTo(2);
            Weights alone =
                    trainer.train(zero(), Examples.of(new long[] {1}, x, y), plan, NoiseKeys.fresh(), Progress.NONE);
            assertThat(alone.get("fc.weight")[0]).isBetween(2002 * 0.99f, 2002f);
        }
    }

    @Test
    void train_unitWithANonFiniteExample_countsAsZeroAndIsCounted() {
        Examples data = Examples.of(new long[] {1}, new float[] {1, Float.NaN, 1, 1}, new float[] {50, 50, 50, -50});
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1e-6, 2, 1, 1);
        int[] heard = new int[2];
        try (DpSgdTrainer trainer = new DpSgdTrainer(LINE)) {
            Weights w = trainer.train(
                    zero(), data.byUnit(new int[] {0, 0, 1, 2}, 2), plan, NoiseKeys.fresh(), (step, n, nonFinite) -> {
                        heard[0] = n;
                        heard[1] = nonFinite;
                    });
            assertThat(w.get("fc.weight")[0]).isCloseTo(0, org.assertj.core.data.Offset.offset(1e-4f));
        }
        assertThat(heard).containsExactly(3, 1);
    }

    /** Records, not k: units of one example each are trained as examples are. */
    @Test
    void train_unitsOfOneExample_giveWhatExamplesGive() {
        ModelGraph graph = Graphs.tabular();
        Examples data = ClippedSumTest.examples(graph, 40, 2);
        Weights base = Initializer.initial(graph, new SplittableRandom(3)::nextLong);
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 3, 0.5, 1, 1, 20, 0.1);
        try (DpSgdTrainer trainer = new DpSgdTrainer(graph)) {
            Weights plain =
                    trainer.train(base, data, plan, NoiseKeys.seeded(1, new AttemptKey("j", 1, 1), "n"), Progress.NONE);
            Weights units = trainer.train(
                    base,
                    data.byUnit(IntStream.range(0, 40).toArray(), 5),
                    plan,
                    NoiseKeys.seeded(1, new AttemptKey("j", 1, 1), "n"),
                    Progress.NONE);
            for (String name : plain.names()) {
                assertThat(units.get(name))
                        .containsExactly(plain.get(name), org.assertj.core.data.Offset.offset(1e-5f));
            }
        }
    }
}
