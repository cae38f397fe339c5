package ai.coreason.enclave.sentry.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final String ONE = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static List<Tensor> model() {
        return List.of(
                Tensor.of("fc.weight", List.of(2L, 3L), new float[] {1, -2, 3.5f, 0, Float.MIN_VALUE, 6}),
                Tensor.of("fc.bias", List.of(2L), new float[] {-0f, 7}),
                Tensor.of("none", List.of(0L, 4L), new float[0]),
                Tensor.of("scalar", List.of(), new float[] {9}));
    }

    @Test
    void read_whatWriteWrote_givesTheSameTensorsAndMetadata() {
        Map<String, String> metadata = Map.of("round", "3", "job_id", "ä \" \\ \n");
        Safetensors read = Safetensors.read(Safetensors.write(metadata, model()));

        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.tensors().keySet()).containsExactly("fc.weight", "fc.bias", "none", "scalar");
        for (Tensor wanted : model()) {
            Tensor came = read.tensor(wanted.name()).orElseThrow();
            assertThat(came.shape()).isEqualTo(wanted.shape());
            assertThat(came.dtype()).isEqualTo(DType.F32);
            assertThat(came.floats()).containsExactly(wanted.floats());
        }
    }

    @Test
    void write_sameContentInAnotherMetadataOrder_givesTheBytesOfTheReference() {
        byte[] bytes =
                Safetensors.write(Map.of("b", "2", "a", "1"), List.of(Tensor.of("w", List.of(1L), new float[] {1})));
        String header = "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        int padded = (header.length() + 7) / 8 * 8;
        assertThat(bytes)
                .isEqualTo(ByteBuffer.allocate(8 + padded + 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(padded)
                        .put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8))
                        .putFloat(1)
                        .array());
    }

    @Test
    void write_nameTwice_isRefused() {
        Tensor w = Tensor.of("w", List.of(1L), new float[] {1});
        assertThatThrownBy(() -> Safetensors.write(Map.of(), List.of(w, w)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("every name once");
    }

    @Test
    void read_truncatedAtEveryOffset_isRefused() {
        byte[] whole = Safetensors.write(Map.of("job_id", "x"), model());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Safetensors.read(cut))
                    .as("first %d bytes", length)
                    .isInstanceOf(InvalidDocument.class);
        }
    }

    @Test
    void read_bytesAfterTheLastTensor_isRefusedWithOffset() {
        assertThatThrownBy(() -> Safetensors.read(file(ONE, 5)))
                .hasMessage("file: expected its end at byte " + (8 + ONE.length() + 4) + ", got 1 more");
    }

    @Test
    void read_tensorBeyondTheFile_namesTensorAndBytes() {
        assertThatThrownBy(() -> Safetensors.read(file(ONE, 3)))
                .hasMessage("w: expected data that ends by byte " + (8 + ONE.length() + 3) + ", got [0, 4]");
    }

    @ParameterizedTest
    @CsvSource({
        "'[0,4]', '[8,12]', 12, b: expected data from byte", // a gap
        "'[0,8]', '[4,12]', 12, b: expected data from byte", // an overlap
        "'[0,4]', '[0,4]', 4, b: expected data from byte", // the same bytes twice
        "'[4,8]', '[8,12]', 12, a: expected data from byte" // a gap at the beginning
    })
    void read_tensorsThatDoNotTileTheData_isRefused(String a, String b, int data, String message) {
        int sides = a.equals("[0,8]") ? 2 : 1;
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + sides + "],\"data_offsets\":" + a + "},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[" + (b.equals("[4,12]") ? 2 : 1) + "],\"data_offsets\":" + b
                + "}}";
        assertThatThrownBy(() -> Safetensors.read(file(header, data)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{} x",
                "{\"w\":1}",
                "{\"w\":{}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}",
                "{\"w\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[18446744073709551617],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}",
                "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}",
                "{\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\\n\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"__metadata__\":{\"a\":1},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"__metadata__\":[],\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
            })
    void read_headerOutOfForm_isRefused(String header) {
        assertThatThrownBy(() -> Safetensors.read(file(header, 4))).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void read_metadataTwice_isRefusedEvenWhenTheFirstIsEmpty() {
        String header = "{\"__metadata__\":{},\"__metadata__\":{\"a\":\"1\"}}";
        assertThatThrownBy(() -> Safetensors.read(file(header, 0)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("once");
    }

    @Test
    void read_tensorTwice_isRefusedByName() {
        String w = ONE.substring(1, ONE.length() - 1);
        assertThatThrownBy(() -> Safetensors.read(file("{" + w + "," + w + "}", 4)))
                .hasMessageStartingWith("w: expected every tensor name once at byte ");
    }

    @Test
    void read_shapeWhoseProductOverflows_isRefused() {
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,0],\"data_offsets\":[0,0]}}";
        assertThatThrownBy(() -> Safetensors.read(file(header, 0)))
                .hasMessageStartingWith("w: expected a shape of less than 2^63 bytes at byte ");
    }

    @Test
    void read_nineSides_isRefused() {
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(8) + "1],\"data_offsets\":[0,4]}}";
        assertThatThrownBy(() -> Safetensors.read(file(header, 4))).hasMessageContaining("at most 8 numbers");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 10_485_761, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void read_headerLengthOutOfRange_isRefused(long length) {
        byte[] bytes = file(ONE, 4);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertThatThrownBy(() -> Safetensors.read(bytes)).hasMessageStartingWith("header length: expected a number in");
    }

    @Test
    void read_longName_isNotRepeatedInTheError() {
        String header = "{\"" + "n".repeat(100_000) + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        assertThatThrownBy(() -> Safetensors.read(file(header, 4)))
                .isInstanceOf(InvalidDocument.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE", "UTF-16BE", "UTF-32LE"})
    void read_headerInAnotherEncoding_isRefused(String charset) {
        byte[] json = ONE.getBytes(java.nio.charset.Charset.forName(charset));
        byte[] bytes = ByteBuffer.allocate(8 + json.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
        assertThatThrownBy(() -> Safetensors.read(bytes)).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void floats_everyType_convertsByValue() {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0, -2.5)
                .putLong(8, 1L << 40)
                .putInt(16, -7)
                .put(20, (byte) 200)
                .put(21, (byte) 1);
        short[] halves = {0x3c00, (short) 0xc000, 0x0001, (short) 0x8000, 0x7c00, 0x7bff};
        for (int i = 0; i < halves.length; i++) {
            data.putShort(24 + 2 * i, halves[i]);
        }
        assertThat(tensor(DType.F64, data, 0, 1).floats()).containsExactly(-2.5f);
        assertThat(tensor(DType.I64, data, 8, 1).wholeAt(0)).isEqualTo(1L << 40);
        assertThat(tensor(DType.I32, data, 16, 1).floats()).containsExactly(-7);
        assertThat(tensor(DType.U8, data, 20, 1).floats()).containsExactly(200);
        assertThat(tensor(DType.BOOL, data, 21, 1).wholeAt(0)).isEqualTo(1);
        assertThat(tensor(DType.F16, data, 24, 6).floats())
                .containsExactly(1, -2, 0x1p-24f, -0f, Float.POSITIVE_INFINITY, 65504);
    }

    private static Tensor tensor(DType type, ByteBuffer data, int from, int count) {
        return Tensor.of("t", type, List.of((long) count), data.slice(from, count * type.bytes()));
    }

    @Test
    void map_fileOnDisk_givesTheSameTensors(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("m.safetensors");
        Files.write(file, Safetensors.write(Map.of(), model()));
        assertThat(Safetensors.map(file).tensor("fc.weight").orElseThrow().floats())
                .containsExactly(1, -2, 3.5f, 0, Float.MIN_VALUE, 6);
    }

    @Test
    void toString_tensor_showsNoElement() {
        assertThat(Tensor.of("w", List.of(1L), new float[] {12345})).hasToString("Tensor[w, F32 [1]]");
    }
}
