package ai.coreason.enclave.sentry.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Rule;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import ai.coreason.enclave.sentry.tensor.DType;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorReaderTest {
    private static Tensor bytes(String name, List<Long> shape, int... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length);
        for (int v : values) {
            data.put((byte) v);
        }
        return Tensor.of(name, DType.U8, shape, data.flip());
    }

    private static Findings check(Tensor... tensors) {
        Safetensors file = Safetensors.read(Safetensors.write(Map.of(), List.of(tensors)));
        return TensorReader.check(file, Packages.tensors()).findings();
    }

    @Test
    void check_tensorsThatObey_isCleanWithTheirCount() {
        Findings found =
                check(bytes("x", List.of(2L, 2L, 2L), 0, 1, 2, 3, 4, 5, 6, 100), bytes("y", List.of(2L), 0, 9));
        assertThat(found.clean()).isTrue();
        assertThat(found.rows()).isEqualTo(2);
    }

    @Test
    void check_elementsOutOfRange_areCounted() {
        Findings found = check(bytes("x", List.of(1L, 2L, 2L), 101, 255, 0, 1), bytes("y", List.of(1L), 10));
        assertThat(found.violations()).isEqualTo(Map.of("x", Map.of(Rule.MAXIMUM, 2L), "y", Map.of(Rule.MAXIMUM, 1L)));
    }

    @Test
    void check_otherShapeTypeOrCount_isReported() {
        Findings found = check(bytes("x", List.of(1L, 4L), 0, 0, 0, 0), Tensor.of("y", List.of(1L), new float[1]));
        assertThat(found.violations()).isEqualTo(Map.of("x", Map.of(Rule.SHAPE, 1L), "y", Map.of(Rule.TYPE, 1L)));
        assertThat(check(bytes("x", List.of(1L, 2L, 2L), 0, 0, 0, 0), bytes("y", List.of(2L), 0, 0))
                        .violations())
                .isEqualTo(Map.of("y", Map.of(Rule.SHAPE, 1L)));
    }

    @Test
    void check_absentAndUndeclared_areReportedWithoutTheForeignName() {
        Findings found = check(bytes("secret", List.of(1L), 1));
        assertThat(found.violations())
                .isEqualTo(Map.of(
                        "x",
                        Map.of(Rule.ABSENT, 1L),
                        "y",
                        Map.of(Rule.ABSENT, 1L),
                        "(others)",
                        Map.of(Rule.UNDECLARED, 1L)));
    }

    @Test
    void read_mnistSite_isClean() throws Exception {
        DataPackage data = DataPackage.read(SharedData.file("federations/mnist/datapackage.json"));
        DataResource resource = data.resource("node_1").orElseThrow();
        Findings found = TensorReader.read(
                        data.file(resource), (Tensors) resource.format().layout())
                .findings();
        assertThat(found.clean()).isTrue();
        assertThat(found.rows()).isPositive();
    }
}
