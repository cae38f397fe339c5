package ai.coreason.enclave.launcher.holdout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.format.CsvTable;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldoutAccuracyTest {
    private static final int PRIOR_ADMISSION = 11;

    @TempDir
    Path folder;

    private ObjectNode job;
    private CsvTable table;

    @BeforeEach
    void write() throws IOException {
        SyntheticHospitals.write(folder, 3);
        job = (ObjectNode) Json.read(Files.readAllBytes(folder.resolve("job.json")));
        table = (CsvTable) DataPackage.read(folder.resolve("datapackage.json"))
                .resources()
                .get(0)
                .format();
    }

    @Test
    void of_modelOfOneFeature_isShareOfRowsWhereFeatureIsLabel() throws Exception {
        float[] weight = new float[12];
        weight[PRIOR_ADMISSION] = 2;
        model(Tensor.of("fc.weight", List.of(1L, 12L), weight), Tensor.of("fc.bias", List.of(1L), new float[] {-1}));
        List<String> rows = Files.readAllLines(folder.resolve("holdout.csv"));
        double expected = rows.stream()
                        .skip(1)
                        .filter(r -> r.endsWith("0,0") || r.endsWith("1,1"))
                        .count()
                / 600.0;

        assertThat(accuracy()).isEqualTo(expected).isNotIn(0.0, 1.0);
    }

    @Test
    void of_twoLayersWithRelu_isComputedThroughBoth() throws Exception {
        job.set("model", Json.read("""
                {"format": "coreason.graph/v1", "inputs": [{"name": "x", "dtype": "float32", "shape": [12]}],
                 "nodes": [{"name": "a", "op": "linear", "in": ["x"], "out_features": 1, "bias": false},
                           {"name": "r", "op": "relu", "in": ["a"]},
                           {"name": "b", "op": "linear", "in": ["r"], "out_features": 1}],
                 "output": "b", "loss": "bce_with_logits"}"""));
        float[] weight = new float[12];
        weight[PRIOR_ADMISSION] = -1;
        model(
                Tensor.of("a.weight", List.of(1L, 12L), weight),
                Tensor.of("b.weight", List.of(1L, 1L), new float[] {-5}),
                Tensor.of("b.bias", List.of(1L), new float[] {-1}));
        long zeros = Files.readAllLines(folder.resolve("holdout.csv")).stream()
                .skip(1)
                .filter(r -> r.endsWith(",0"))
                .count();

        assertThat(accuracy()).isEqualTo(zeros / 600.0);
    }

    @Test
    void of_otherModel_saysWhatIsMissing() throws IOException {
        model(Tensor.of("fc.bias", List.of(1L), new float[1]));

        assertThatThrownBy(this::accuracy)
                .isInstanceOf(Unmeasurable.class)
                .hasMessage("expected fc.weight of [1, 12] in the model, it has none");
    }

    @Test
    void of_recordOutOfBounds_isNotMeasured() throws IOException {
        model(Tensor.of("fc.weight", List.of(1L, 12L), new float[12]), Tensor.of("fc.bias", List.of(1L), new float[1]));
        Path holdout = folder.resolve("holdout.csv");
        Files.writeString(holdout, Files.readString(holdout) + "999,0,120,80,25,100,1,10,13,0,0,0,1\n");

        assertThatThrownBy(this::accuracy).isInstanceOf(Unmeasurable.class).hasMessageContaining("obey the schema");
    }

    private void model(Tensor... tensors) throws IOException {
        Files.write(folder.resolve("model.safetensors"), Safetensors.write(Map.of(), List.of(tensors)));
    }

    private double accuracy() throws IOException, Unmeasurable {
        return HoldoutAccuracy.of(
                FederationJob.parse(job, JobRules.production()),
                table,
                folder.resolve("holdout.csv"),
                folder.resolve("model.safetensors"));
    }
}
