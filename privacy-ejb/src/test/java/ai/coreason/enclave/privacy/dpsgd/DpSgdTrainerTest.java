package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.noise.SecureNoise;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DpSgdTrainerTest {
    private static final ModelGraph LOGISTIC =
            Graphs.graph("[2]", "fc", "bce_with_logits", "{'name':'fc','op':'linear','in':['x'],'out_features':1}");

    private static NoiseKeys keys(long seed) {
        return NoiseKeys.seeded(seed, new AttemptKey("job", 1, 1), "node");
    }

    private static Weights initial(ModelGraph graph) {
        return Initializer.initial(graph, new SplittableRandom(3)::nextLong);
    }

    private static Weights train(ModelGraph graph, Examples data, TrainingPlan plan, NoiseKeys keys) {
        try (DpSgdTrainer trainer = new DpSgdTrainer(graph)) {
            return trainer.train(initial(graph), data, plan, keys, Progress.NONE);
        }
    }

    private static float[] flat(Weights w) {
        FloatBuffer all = FloatBuffer.allocate(1 << 20);
        w.names().forEach(n -> all.put(w.view(n)));
        return Arrays.copyOf(all.array(), all.position());
    }

    /** Two clouds, right and left of the line x0 = x1. */
    private static Examples clouds(int count) {
        SplittableRandom random = new SplittableRandom(12);
        float[] x = new float[2 * count];
        float[] y = new float[count];
        for (int i = 0; i < count; i++) {
            y[i] = i % 2;
            float side = y[i] == 1 ? 1.5f : -1.5f;
            x[2 * i] = (float) (side + random.nextDouble() * 2 - 1);
            x[2 * i + 1] = (float) (-side + random.nextDouble() * 2 - 1);
        }
        return Examples.of(new long[] {2}, x, y);
    }

    @ParameterizedTest
    @CsvSource({"NONE, 0, 0.99", "DP_SGD, 1, 0.95"})
    void train_separableClouds_learnsThem(Mechanism mechanism, double sigma, double accuracy) {
        Examples data = clouds(1000);
        Weights w = train(LOGISTIC, data, new TrainingPlan(mechanism, 60, 0.1, sigma, 1, 100, 1), keys(1));
        float[] logits;
        try (Predictor predictor = new Predictor(LOGISTIC)) {
            logits = predictor.predict(w, data.x());
        }
        int right = 0;
        for (int i = 0; i < 1000; i++) {
            right += logits[i] > 0 == (data.targets().orElseThrow()[i] == 1) ? 1 : 0;
        }
        assertThat(right / 1000.0).isGreaterThanOrEqualTo(accuracy);
    }

    @Test
    void train_sameKeys_givesTheSameBytes() {
        Examples data = ClippedSumTest.examples(Graphs.mnist(), 40, 2);
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 4, 0.5, 1, 1, 20, 0.1);
        float[] first = flat(train(Graphs.mnist(), data, plan, keys(5)));
        assertThat(flat(train(Graphs.mnist(), data, plan, keys(5)))).isEqualTo(first);
        assertThat(flat(train(Graphs.mnist(), data, plan, keys(6)))).isNotEqualTo(first);
        assertThat(flat(train(Graphs.mnist(), data, plan, NoiseKeys.seeded(5, new AttemptKey("job", 1, 2), "node"))))
                .isNotEqualTo(first);
    }

    @Test
    void train_usedKeys_areRefused() {
        Examples data = clouds(10);
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 2, 0.5, 1, 1, 5, 0.1);
        NoiseKeys keys = NoiseKeys.fresh();
        train(LOGISTIC, data, plan, keys);
        assertThatThrownBy(() -> train(LOGISTIC, data, plan, keys)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void train_emptySamples_addNoiseAndCountAsSteps() {
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 3, 1e-12, 2, 0.5, 4, 0.25);
        List<Integer> drawn = new ArrayList<>();
        Weights base = initial(LOGISTIC);
        Weights w;
        try (DpSgdTrainer trainer = new DpSgdTrainer(LOGISTIC)) {
            w = trainer.train(base, clouds(50), plan, keys(8), (step, n, bad) -> drawn.add(n));
        }
        assertThat(drawn).containsExactly(0, 0, 0);
        float[] expected = flat(base);
        NoiseKeys same = keys(8);
        for (long step = 1; step <= 3; step++) {
            SecureNoise noise = new SecureNoise(new KeyStream(same.noise(step)), NoiseForm.GAUSSIAN);
            for (int i = 0; i < expected.length; i++) {
                expected[i] -= 0.25f / 4 * (float) (noise.next() * 2 * 0.5);
            }
        }
        assertThat(flat(w)).containsExactly(expected, org.assertj.core.data.Offset.offset(2e-7f));
    }

    @Test
    void train_noExamplesAtAll_isOnlyNoise() {
        Examples none = Examples.of(new long[] {2}, new float[0], new float[0]);
        Weights w = train(LOGISTIC, none, new TrainingPlan(Mechanism.DP_SGD, 2, 1, 1, 1, 4, 0.25), keys(8));
        assertThat(flat(w)).isNotEqualTo(flat(initial(LOGISTIC)));
    }

    /** 400,000 weights without any gradient: the variance within 6.5 standard deviations (false alarm 8e-11). */
    @Test
    void train_zeroGradients_releaseNoiseOfVarianceSigmaSquaredCSquared() {
        ModelGraph wide = Graphs.graph(
                "[1000]", "fc", "mse", "{'name':'fc','op':'linear','in':['x'],'out_features':400,'bias':false}");
        Examples zeros = Examples.of(new long[] {1000}, new float[5000], new float[2000]);
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 3, 0.5, 1, 1);
        Weights base = initial(wide);
        float[] noise;
        try (DpSgdTrainer trainer = new DpSgdTrainer(wide)) {
            noise = trainer.train(base, zeros, plan, NoiseKeys.fresh(), Progress.NONE)
                    .minus(base)
                    .get("fc.weight");
        }
        double squares = 0;
        for (float v : noise) {
            squares += (double) v * v;
        }
        double n = noise.length;
        assertThat(Math.abs(squares / n / 2.25 - 1) / Math.sqrt(2 / n)).isLessThan(6.5);
    }

    @Test
    void train_withoutMechanism_isGradientDescentOverTheSample() {
        Examples data = clouds(30);
        Weights base = initial(LOGISTIC);
        float[] expected = flat(base);
        try (CompiledGraph compiled = new CompiledGraph(LOGISTIC)) {
            for (int i = 0; i < 30; i++) {
                float[] gradient = new Oracle(compiled).gradient(base, data, i);
                for (int k = 0; k < expected.length; k++) {
                    expected[k] -= 0.5f / 20 * gradient[k];
                }
            }
        }
        Weights w = train(LOGISTIC, data, new TrainingPlan(Mechanism.NONE, 1, 1, 0, 1e-3, 20, 0.5), keys(1));
        assertThat(flat(w)).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-6f));
    }

    @Test
    void train_examplesWithoutFiniteGradient_countAsZeroAndAreCounted() {
        Examples clean = clouds(20);
        float[] x = clean.x().clone();
        x[6] = Float.NaN;
        x[20] = Float.POSITIVE_INFINITY;
        x[30] = Float.MAX_VALUE;
        float[] y = clean.targets().orElseThrow();
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1, 1, 10, 1);
        List<Integer> nonFinite = new ArrayList<>();
        Weights w;
        try (DpSgdTrainer trainer = new DpSgdTrainer(LOGISTIC)) {
            Examples dirty = Examples.of(new long[] {2}, x, y);
            w = trainer.train(initial(LOGISTIC), dirty, plan, keys(4), (step, n, bad) -> nonFinite.add(bad));
        }
        assertThat(nonFinite).containsExactly(3);
        Weights without;
        try (CompiledGraph compiled = new CompiledGraph(LOGISTIC);
                TrainingRun run = new TrainingRun(compiled, initial(LOGISTIC), clean, plan, 100)) {
            run.addClipped(LongStream.range(0, 20)
                    .filter(i -> i != 3 && i != 10 && i != 15)
                    .toArray());
            new SecureNoise(new KeyStream(keys(4).noise(1)), NoiseForm.GAUSSIAN).addTo(run.sum(), 1);
            run.update();
            without = run.weights();
        }
        assertThat(flat(w)).isEqualTo(flat(without));
    }

    @Test
    void train_everyExampleNonFinite_isOnlyNoise() {
        float[] x = new float[20];
        Arrays.fill(x, Float.NaN);
        Examples data = Examples.of(new long[] {2}, x, new float[10]);
        Weights w = train(LOGISTIC, data, new TrainingPlan(Mechanism.DP_SGD, 3, 1, 1, 1, 10, 1), keys(4));
        assertThat(w.isFinite()).isTrue();
        assertThat(flat(w)).isNotEqualTo(flat(initial(LOGISTIC)));
    }

    @Test
    void addClipped_fewExamplesAtATime_givesTheSameSum() {
        ModelGraph graph = Graphs.tabular();
        Examples data = ClippedSumTest.examples(graph, 11, 6);
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1, 0.3, 10, 1);
        long[] all = LongStream.range(0, 11).toArray();
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun whole = new TrainingRun(compiled, initial(graph), data, plan, 100);
                TrainingRun parts = new TrainingRun(compiled, initial(graph), data, plan, 4)) {
            whole.addClipped(all);
            parts.addClipped(all);
            for (int i = 0; i < whole.sum().capacity(); i++) {
                assertThat(parts.sum().get(i))
                        .isCloseTo(whole.sum().get(i), org.assertj.core.data.Offset.offset(1e-6f));
            }
        }
    }

    @Test
    void train_frozenNode_keepsItsWeights() {
        ModelGraph graph = Graphs.graph(
                "[2]",
                "b",
                "bce_with_logits",
                "{'name':'a','op':'linear','in':['x'],'out_features':3,'trainable':false}",
                "{'name':'b','op':'linear','in':['a'],'out_features':1}");
        Weights w = train(graph, clouds(20), new TrainingPlan(Mechanism.DP_SGD, 5, 0.5, 1, 1, 10, 1), keys(4));
        assertThat(w.get("a.weight")).isEqualTo(initial(graph).get("a.weight"));
        assertThat(w.get("b.weight")).isNotEqualTo(initial(graph).get("b.weight"));
    }

    @Test
    void train_examplesThatDoNotFit_areRefusedWithoutAValue() {
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 5, 0.5, 1, 1, 10, 1);
        assertThatThrownBy(
                        () -> train(LOGISTIC, Examples.of(new long[] {3}, new float[3], new float[1]), plan, keys(1)))
                .hasMessage("x: expected examples of shape [2], got [3]");
        assertThatThrownBy(() -> train(LOGISTIC, Examples.of(new long[] {2}, new float[2], new long[1]), plan, keys(1)))
                .hasMessageStartingWith("y: expected 1 numbers");
        assertThatThrownBy(() -> Examples.of(new long[] {2}, new float[3], new float[1]))
                .hasMessageStartingWith("x:");
        Examples wrongClass = Examples.of(new long[] {1, 28, 28}, new float[784], new long[] {10});
        assertThatThrownBy(() -> train(Graphs.mnist(), wrongClass, plan, keys(1)))
                .hasMessage("y: expected every class in [0, 10), got another");
    }

    @Test
    void train_closedTrainer_isRefused() {
        DpSgdTrainer trainer = new DpSgdTrainer(LOGISTIC);
        trainer.close();
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 5, 0.5, 1, 1, 10, 1);
        assertThatThrownBy(() -> trainer.train(initial(LOGISTIC), clouds(4), plan, keys(1), Progress.NONE))
                .isInstanceOf(IllegalStateException.class);
    }

    /** A step of this network leaves some 10 MB of tensors; what is not freed shows as gigabytes. */
    @Test
    void train_manySteps_keepsNativeMemoryBounded() throws IOException {
        ModelGraph graph = Graphs.mnist();
        Examples data = ClippedSumTest.examples(graph, 64, 2);
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun run = new TrainingRun(
                        compiled,
                        initial(graph),
                        data,
                        new TrainingPlan(Mechanism.DP_SGD, 300, 0.5, 1, 1, 32, 0.1),
                        64)) {
            NoiseKeys keys = NoiseKeys.fresh();
            for (long step = 1; step <= 20; step++) {
                run.step(step, keys, Progress.NONE);
            }
            int arrays = run.liveArrays();
            long resident = resident();
            for (long step = 21; step <= 300; step++) {
                run.step(step, keys, Progress.NONE);
            }
            assertThat(run.liveArrays()).isEqualTo(arrays);
            assertThat(resident() - resident).isLessThan(200L << 20);
        }
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmRSS"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) * 1024)
                .sum();
    }
}
