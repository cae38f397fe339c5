package ai.coreason.enclave.sentry.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.Mutations;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaFuzzTest {
    private static void table(byte[] csv) throws IOException {
        var reader = new InputStreamReader(new ByteArrayInputStream(csv), StandardCharsets.UTF_8.newDecoder());
        TableReader.read(reader, Packages.table(), row -> row.enumIndex(2)).json();
    }

    @Test
    void dataPackage_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(21, Json.write(Packages.full()), b -> DataPackage.parse(Json.read(b), Path.of(".")));
    }

    @Test
    void table_mutated_isReadOrRefused() throws Exception {
        String csv = "id,age,grade,smoker,label\nab,63.5,high,True,1\nac,0,low,?,0\n\"a\"\"d\",1,\"low\",,1\n";
        Mutations.survive(22, csv.getBytes(StandardCharsets.UTF_8), SchemaFuzzTest::table);
    }

    @Test
    void tensors_mutated_areReadOrRefused() throws Exception {
        byte[] file = Safetensors.write(
                Map.of(),
                List.of(Tensor.of("x", List.of(1L, 2L, 2L), new float[4]), Tensor.of("y", List.of(1L), new float[1])));
        Mutations.survive(
                23,
                file,
                b -> TensorReader.check(Safetensors.read(b), Packages.tensors())
                        .findings()
                        .json());
    }

    @Test
    void fhirPackage_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(24, Json.write(FhirPackages.full()), b -> DataPackage.parse(Json.read(b), Path.of(".")));
    }

    @Test
    void fhir_mutated_isReadOrRefused() throws Exception {
        String text = FhirPackages.patient("a")
                + FhirPackages.observation("o1", "Patient/a", "70.5")
                + "{\"resourceType\": \"Bundle\", \"entry\": [{\"fullUrl\": \"urn:uuid:a\", \"resource\": "
                + FhirPackages.condition("urn:uuid:a", "38341003")
                + "}]}";
        Mutations.survive(25, text.getBytes(StandardCharsets.UTF_8), b -> {
            var reader = new InputStreamReader(new ByteArrayInputStream(b), StandardCharsets.UTF_8.newDecoder());
            FhirReader.read(reader, FhirPackages.table(), row -> row.enumIndex(1))
                    .json();
        });
    }

    /** One record of a million characters of the costliest kinds. */
    @ParameterizedTest
    @ValueSource(strings = {",", "\"\",", "a,", "\"\"\"\""})
    void table_longestRecordOfOnePart_staysWithinMemory(String part) {
        byte[] csv = part.repeat((1 << 20) / part.length()).getBytes(StandardCharsets.UTF_8);
        Mutations.once(csv, SchemaFuzzTest::table, "header of " + part);
        byte[] afterHeader = ("id,age,grade,smoker,label\n" + new String(csv, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        Mutations.once(afterHeader, SchemaFuzzTest::table, "record of " + part);
        assertThat(csv.length).isGreaterThan(1_000_000);
    }
}
