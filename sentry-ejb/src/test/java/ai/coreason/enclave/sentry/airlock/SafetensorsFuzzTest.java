package ai.coreason.enclave.sentry.airlock;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.Mutations;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFuzzTest {
    private static final List<Tensor> TENSORS = List.of(
            Tensor.of("fc.weight", List.of(2L, 3L), new float[6]), Tensor.of("fc.bias", List.of(2L), new float[2]));

    private static byte[] file(byte[] header, int dataBytes) {
        return ByteBuffer.allocate(8 + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    @Test
    void read_fileMutated_isReadOrRefused() throws Exception {
        Mutations.survive(11, Safetensors.write(Map.of("round", "1"), TENSORS), Safetensors::read);
    }

    @Test
    void read_headerMutatedBehindAFittingLength_isReadOrRefused() throws Exception {
        byte[] whole = Safetensors.write(Map.of("round", "1"), TENSORS);
        int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] header = java.util.Arrays.copyOfRange(whole, 8, 8 + length);
        Mutations.survive(12, header, h -> {
            if (h.length > 0) {
                Safetensors read = Safetensors.read(file(h, 32));
                read.tensors().values().forEach(Tensor::floats);
            }
        });
    }

    /** Ten MiB of the cheapest parts of a header cost no more than a bounded multiple. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},",
                "\"%d\":{\"dtype\":\"U8\",\"shape\":[0,0,0,0,0,0,0,0],\"data_offsets\":[0,0]},",
                "\"%d\":{},",
                "\"%d\":[[[[[[[[[[[[[[[",
                "\"__metadata__\":{\"%d\":\"\"},"
            })
    void read_longestHeaderOfOnePart_staysWithinMemory(String part) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; json.length() < Safetensors.MAX_HEADER - 200; i++) {
            json.append(part.formatted(i));
        }
        json.append("\"z\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        byte[] file = file(json.toString().getBytes(StandardCharsets.UTF_8), 0);
        assertThat(Mutations.once(file, Safetensors::read, part)).isTrue();
    }

    @Test
    void read_longestMetadata_staysWithinMemory() {
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"\":\"\"");
        for (int i = 0; json.length() < Safetensors.MAX_HEADER - 200; i++) {
            json.append(",\"").append(Integer.toString(i, 36)).append("\":\"\"");
        }
        byte[] file = file(json.append("}}").toString().getBytes(StandardCharsets.UTF_8), 0);
        assertThat(Mutations.once(file, Safetensors::read, "metadata")).isTrue();
    }

    @Test
    void read_numbersOfManyDigits_areRefused() {
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + "1".repeat(1_000_000) + "],\"data_offsets\":[0,4]}}";
        assertThat(Mutations.once(
                        file(header.getBytes(StandardCharsets.UTF_8), 4),
                        Safetensors::read,
                        "a side of a million digits"))
                .isTrue();
    }
}
