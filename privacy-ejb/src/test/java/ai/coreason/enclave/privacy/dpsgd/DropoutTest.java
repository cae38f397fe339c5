package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Masks, seen through a weight of one row whose gradient is the dropped input itself. */
class DropoutTest {
    private static final int WIDTH = 40_000;
    private static final ModelGraph GRAPH = Graphs.graph(
            "[" + WIDTH + "]",
            "fc",
            "mse",
            "{'name':'d','op':'dropout','in':['x'],'p':0.3}",
            "{'name':'fc','op':'linear','in':['d'],'out_features':1,'bias':false}");
    private static final Weights ZEROS = Weights.of(GRAPH, Map.of("fc.weight", new float[WIDTH]));

    /** The dropped inputs of examples whose elements are all 1, summed: with targets -1/2 the loss's slope is 1. */
    private static float[] dropped(NoiseKeys keys, long step, int count, int perCall, long... examples) {
        float[] x = new float[WIDTH * count];
        Arrays.fill(x, 1);
        float[] y = new float[count];
        Arrays.fill(y, -0.5f);
        TrainingPlan plan = new TrainingPlan(Mechanism.NONE, 1, 1, 0, 1, 1, 1);
        try (CompiledGraph compiled = new CompiledGraph(GRAPH);
                TrainingRun run =
                        new TrainingRun(compiled, ZEROS, Examples.of(new long[] {WIDTH}, x, y), plan, perCall)) {
            float[] out = new float[WIDTH];
            if (keys == null) {
                run.addClipped(examples);
                run.sum().get(0, out);
                return out;
            }
            run.step(step, keys, Progress.NONE);
            float[] moved = run.weights().get("fc.weight");
            for (int i = 0; i < WIDTH; i++) {
                out[i] = -moved[i];
            }
            return out;
        }
    }

    private static NoiseKeys keys() {
        return NoiseKeys.seeded(4, "job", "node", 1, 1);
    }

    /** The share of dropped elements within 6.5 standard deviations of p (false alarm 8e-11). */
    @Test
    void step_onesAsInput_dropsThatShareAndScalesTheRest() {
        float[] values = dropped(keys(), 1, 1, 10);
        int zeros = 0;
        for (float v : values) {
            assertThat(v == 0 || Math.abs(v - 1 / 0.7) < 1e-6).isTrue();
            zeros += v == 0 ? 1 : 0;
        }
        assertThat(Math.abs(zeros - 0.3 * WIDTH)).isLessThan(6.5 * Math.sqrt(0.21 * WIDTH));
    }

    @Test
    void step_sameKeys_givesTheSameMasksHoweverTheBatchIsDivided() {
        assertThat(dropped(keys(), 1, 5, 2)).isEqualTo(dropped(keys(), 1, 5, 100));
    }

    @Test
    void step_otherKeys_givesOtherMasks() {
        float[] first = dropped(keys(), 1, 1, 10);
        assertThat(dropped(keys(), 2, 1, 10)).isNotEqualTo(first);
        assertThat(dropped(NoiseKeys.seeded(5, "job", "node", 1, 1), 1, 1, 10)).isNotEqualTo(first);
    }

    /** Two masks agree by chance at .49 + .09 of the elements; within 6.5 standard deviations (false alarm 8e-11). */
    @Test
    void addClipped_differentExamples_haveIndependentMasks() {
        Set<Integer> seen = new HashSet<>();
        float[] first = dropped(null, 0, 4, 10, 0);
        for (long other = 1; other < 4; other++) {
            float[] mask = dropped(null, 0, 4, 10, other);
            int same = 0;
            for (int i = 0; i < WIDTH; i++) {
                same += (mask[i] == 0) == (first[i] == 0) ? 1 : 0;
            }
            assertThat(Math.abs(same - 0.58 * WIDTH)).isLessThan(6.5 * Math.sqrt(0.58 * 0.42 * WIDTH));
            seen.add(Arrays.hashCode(mask));
        }
        assertThat(seen).hasSize(3);
    }

    @Test
    void predict_anyInput_dropsNothing() {
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        try (Predictor predictor = new Predictor(GRAPH)) {
            assertThat(predictor.predict(Weights.of(GRAPH, Map.of("fc.weight", ones)), ones))
                    .containsExactly(WIDTH);
        }
    }
}
