package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** One logical batch, computed in one call or in many. */
class MicroBatchTest {
    private static final int COUNT = 900;
    private static final TrainingPlan PLAN = new TrainingPlan(Mechanism.DP_SGD, 1, 0.9, 1, 0.3, 810, 50);

    private static NoiseKeys keys() {
        return NoiseKeys.seeded(5, new AttemptKey("job", 1, 1), "node");
    }

    private static Weights initial(ModelGraph graph) {
        return Initializer.initial(graph, new SplittableRandom(3)::nextLong);
    }

    private record Stepped(float[] moved, int drawn, int nonFinite) {}

    private static float[] flat(CompiledGraph graph, Weights weights) {
        FloatBuffer out = FloatBuffer.allocate(graph.layout().size());
        graph.layout().write(weights, out);
        return out.array();
    }

    private static Stepped step(CompiledGraph graph, Examples data, TrainingPlan plan, int callExamples) {
        int[] heard = new int[2];
        try (TrainingRun run = new TrainingRun(graph, initial(graph.graph()), data, plan, callExamples)) {
            run.step(1, keys(), (step, drawn, nonFinite) -> {
                heard[0] = drawn;
                heard[1] = nonFinite;
            });
            float[] moved = flat(graph, run.weights());
            float[] before = flat(graph, initial(graph.graph()));
            for (int i = 0; i < moved.length; i++) {
                moved[i] -= before[i];
            }
            return new Stepped(moved, heard[0], heard[1]);
        }
    }

    /** Every seventh example lacks a finite gradient, so that most calls have some to leave out and one has them all. */
    @Test
    void step_manyCallsWithNonFiniteExamples_givesTheSumOfOneCall() {
        ModelGraph graph = Graphs.tabular();
        Examples data = ClippedSumTest.examples(graph, COUNT, 6);
        for (int i = 0; i < COUNT; i++) {
            if (i % 7 == 0 || (i >= 500 && i < 600)) {
                data.x()[13 * i + i % 13] = i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
            }
        }
        try (CompiledGraph compiled = new CompiledGraph(graph)) {
            Stepped whole = step(compiled, data, PLAN, COUNT);
            assertThat(whole.drawn()).isBetween(770, 850);
            assertThat(whole.nonFinite()).isBetween(150, 240);
            double size = 0;
            for (float v : whole.moved()) {
                size = Math.max(size, Math.abs(v));
            }
            for (int callExamples : new int[] {500, 37, 8}) {
                Stepped parts = step(compiled, data, PLAN, callExamples);
                assertThat(parts.drawn()).isEqualTo(whole.drawn());
                assertThat(parts.nonFinite()).isEqualTo(whole.nonFinite());
                assertThat(parts.moved()).containsExactly(whole.moved(), Offset.offset((float) (1e-5 * size)));
            }
        }
    }

    @Test
    void step_manyCallsWithoutGradient_addTheNoiseOnce() {
        ModelGraph graph = Graphs.graph(
                "[10]", "fc", "mse", "{'name':'fc','op':'linear','in':['x'],'out_features':40,'bias':false}");
        Examples zeros = Examples.of(new long[] {10}, new float[COUNT * 10], new float[COUNT * 40]);
        try (CompiledGraph compiled = new CompiledGraph(graph)) {
            float[] once = step(compiled, zeros, PLAN, COUNT).moved();
            assertThat(step(compiled, zeros, PLAN, 7).moved()).isEqualTo(once);
            assertThat(once).doesNotContain(0f);
        }
    }

    /** In one call, what these examples take between forward and backward pass is above 300 MB. */
    @Test
    void step_largeBatchInSmallCalls_takesTheMemoryOfACall() throws IOException {
        ModelGraph graph = Graphs.graph(
                "[64, 64]",
                "b",
                "mse",
                "{'name':'a','op':'linear','in':['x'],'out_features':256}",
                "{'name':'t','op':'tanh','in':['a']}",
                "{'name':'b','op':'linear','in':['t'],'out_features':1}");
        Examples data = ClippedSumTest.examples(graph, 1000, 2);
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 1, 1, 1, 1, 1000, 0.1);
        try (CompiledGraph compiled = new CompiledGraph(graph)) {
            step(compiled, ClippedSumTest.examples(graph, 32, 2), plan, 16);
            Path refs = Path.of("/proc/self/clear_refs");
            assumeTrue(Files.isWritable(refs), "the peak of resident memory cannot be reset");
            Files.writeString(refs, "5");
            long before = resident("VmRSS");
            step(compiled, data, plan, 16);
            assertThat(resident("VmHWM") - before).isLessThan(100L << 20);
        }
    }

    private static long resident(String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith(what))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) * 1024)
                .sum();
    }
}
