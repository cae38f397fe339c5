package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
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
        return NoiseKeys.seeded(4, new AttemptKey("job", 1, 1), "node");
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
        assertThat(dropped(NoiseKeys.seeded(5, new AttemptKey("job", 1, 1), "node"), 1, 1, 10))
                .isNotEqualTo(first);
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

    /** What is left of a batch without one of its examples is dropped as before, to the bit. */
    @Test
    void masks_withoutOneExample_areTheOthersOwn() {
        DropoutMasks masks = masks((byte) 1);
        byte[] all = bytes(masks.of(new long[] {3, 7, 8, 1_000_000}));
        byte[] others = bytes(masks.of(new long[] {3, 8, 1_000_000}));
        int size = masks.size();

        assertThat(Arrays.copyOfRange(others, 0, size)).isEqualTo(Arrays.copyOfRange(all, 0, size));
        assertThat(Arrays.copyOfRange(others, size, 3 * size)).isEqualTo(Arrays.copyOfRange(all, 2 * size, 4 * size));
    }

    /** By the definition, block by block with the JDK's AES; of the first place all bits count, of the second a half. */
    @Test
    void masks_anyExample_comeFromAesUnderTheKey() throws java.security.GeneralSecurityException {
        DropoutMasks masks = masks((byte) 5);
        javax.crypto.Cipher aes = javax.crypto.Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(1, new javax.crypto.spec.SecretKeySpec(key((byte) 5), "AES"));
        byte[] got = bytes(masks.of(new long[] {42}));
        for (int i = 0; i < got.length; i++) {
            java.nio.ByteBuffer block =
                    java.nio.ByteBuffer.allocate(16).putLong(42).putLong(i / 8);
            int word = java.nio.ByteBuffer.wrap(aes.doFinal(block.array())).getShort(i % 8 * 2) & 0xffff;
            assertThat(got[i]).isEqualTo((byte) (word < (i < 21 ? 19_661 : 32_768) ? 0 : 1));
        }
        assertThat(bytes(masks((byte) 6).of(new long[] {42}))).isNotEqualTo(got);
    }

    private static byte[] key(byte first) {
        byte[] key = new byte[KeyStream.KEY_BYTES];
        key[0] = first;
        return key;
    }

    private static DropoutMasks masks(byte first) {
        return new DropoutMasks(
                java.util.List.of(new DropoutMasks.Place(21, 0.3), new DropoutMasks.Place(60, 0.5)), key(first));
    }

    private static byte[] bytes(java.nio.ByteBuffer buffer) {
        byte[] out = new byte[buffer.remaining()];
        buffer.get(out);
        return out;
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
