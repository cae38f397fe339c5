package ai.coreason.enclave.overseer.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What was averaged once is averaged to the same bits in every later version. */
class FedAvgGoldenTest {
    private static Map<String, float[]> tensors(Random random, float scale) {
        Map<String, float[]> out = new LinkedHashMap<>();
        for (int size : new int[] {1, 7, 64, 1000}) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = scale * (random.nextFloat() - 0.5f);
            }
            out.put("layer" + size + ".weight", values);
        }
        return out;
    }

    private static String digest(double serverLearningRate) {
        Random random = new Random(7);
        Map<String, float[]> base = tensors(random, 2f);
        List<Part> parts = new ArrayList<>();
        for (double weight : new double[] {303, 294, 123, 0.2, 1e-3}) {
            parts.add(Updates.part(weight, tensors(random, 0.1f)));
        }
        Map<String, float[]> next = ((Next.Model) Updates.averaged(base, parts, serverLearningRate)).values();
        ByteBuffer bytes = ByteBuffer.allocate(
                4 * next.values().stream().mapToInt(v -> v.length).sum());
        next.values().forEach(values -> {
            for (float v : values) {
                bytes.putFloat(v);
            }
        });
        return Digests.sha256Hex(bytes.array());
    }

    @Test
    void next_sameUpdates_givesTheBitsOfEveryVersion() {
        assertThat(digest(1)).isEqualTo("00652e5d037eb4198ddb55c8dd97b0e9819c0e0a80c35a70d81941a1e5d7b221");
        assertThat(digest(0.7)).isEqualTo("98afd9aad703a161b41a2c6dd4208ba0d427d71b4ef87571670a28048614abc6");
    }
}
