package ai.coreason.enclave.sentry.airlock;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.sentry.airlock.Airlock.Cargo;
import ai.coreason.enclave.sentry.airlock.Airlock.Limits;
import ai.coreason.enclave.sentry.airlock.Violation.Rule;
import ai.coreason.enclave.sentry.tensor.DType;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AirlockTest {
    private static final Map<String, String> METADATA = Map.of("job_id", "j", "round", "1");
    private static final Limits LIMITS = new Limits(METADATA, OptionalDouble.empty());

    /** fc1 is frozen, fc2 is trained. */
    private static final ModelGraph GRAPH = ModelGraph.parse(Json.read("""
                    {"format": "coreason.graph/v1",
                     "inputs": [{"name": "x", "dtype": "float32", "shape": [3]}],
                     "nodes": [{"name": "fc1", "op": "linear", "in": ["x"], "out_features": 2, "trainable": false},
                               {"name": "fc2", "op": "linear", "in": ["fc1"], "out_features": 1}],
                     "output": "fc2", "loss": "mse"}
                    """), "model");

    private static final Tensor WEIGHT = Tensor.of("fc2.weight", List.of(1L, 2L), new float[] {3, 4});
    private static final Tensor BIAS = Tensor.of("fc2.bias", List.of(1L), new float[] {12});

    private static Passage check(Limits limits, Map<String, String> metadata, Tensor... tensors) {
        byte[] file = Safetensors.write(metadata, List.of(tensors));
        return Airlock.check(GRAPH, Safetensors.read(file), Cargo.UPDATE, limits);
    }

    private static List<Violation> violations(Tensor... tensors) {
        return violations(check(LIMITS, METADATA, tensors));
    }

    private static List<Violation> violations(Passage passage) {
        return passage instanceof Passage.Refused refused ? refused.violations() : List.of();
    }

    @Test
    void check_exactlyTheTrainableParameters_admitsTheirValues() {
        Passage passage = check(LIMITS, METADATA, WEIGHT, BIAS);
        assertThat(passage).isInstanceOfSatisfying(Passage.Admitted.class, a -> {
            assertThat(a.weights().names()).containsExactly("fc2.weight", "fc2.bias");
            assertThat(a.weights().get("fc2.weight")).containsExactly(3, 4);
        });
    }

    @Test
    void check_metadataLeftOut_admits() {
        assertThat(check(LIMITS, Map.of(), WEIGHT, BIAS)).isInstanceOf(Passage.Admitted.class);
    }

    @Test
    void check_severalFaults_reportsEachByNameWithoutAValue() {
        List<Violation> found = violations(
                Tensor.of("fc2.weight", List.of(2L, 1L), new float[] {3.25f, 4}),
                Tensor.of("fc1.bias", List.of(2L), new float[] {5.5f, 6}));
        assertThat(found)
                .extracting(v -> v.tensor() + " " + v.rule())
                .containsExactly("fc1.bias UNKNOWN", "fc2.weight SHAPE", "fc2.bias MISSING");
        assertThat(found.toString()).doesNotContain("3.25").doesNotContain("5.5");
    }

    @Test
    void check_otherType_isRefused() {
        Tensor doubles = Tensor.of("fc2.bias", DType.F64, List.of(1L), ByteBuffer.allocate(8));
        assertThat(violations(WEIGHT, doubles)).containsExactly(new Violation("fc2.bias", Rule.DTYPE, "F32"));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void check_elementNotFinite_isRefusedByTensor(float value) {
        assertThat(violations(WEIGHT, Tensor.of("fc2.bias", List.of(1L), new float[] {value})))
                .containsExactly(new Violation("fc2.bias", Rule.NOT_FINITE, "finite numbers"));
    }

    /** A model that training starts from is judged by magnitudes too, an update is not. */
    @ParameterizedTest
    @ValueSource(floats = {1.0001e9f, -2e9f, Float.MAX_VALUE})
    void check_modelWithAHugeWeight_isRefusedByTensor(float value) {
        Map<String, Tensor> tensors = new java.util.LinkedHashMap<>();
        GRAPH.parameters()
                .forEach(p ->
                        tensors.put(p.name(), Tensor.of(p.name(), p.shape(), new float[Math.toIntExact(p.size())])));
        assertThat(violations(checkModel(tensors))).isEmpty();
        tensors.put("fc2.bias", Tensor.of("fc2.bias", List.of(1L), new float[] {value}));
        assertThat(violations(checkModel(tensors)))
                .containsExactly(new Violation("fc2.bias", Rule.MAGNITUDE, "magnitudes of at most 1.0E9"));
    }

    private static Passage checkModel(Map<String, Tensor> tensors) {
        byte[] file = Safetensors.write(METADATA, List.copyOf(tensors.values()));
        return Airlock.check(GRAPH, Safetensors.read(file), Cargo.MODEL, LIMITS);
    }

    @Test
    void check_greatestFloats_areFinite() {
        Tensor most = Tensor.of("fc2.weight", List.of(1L, 2L), new float[] {Float.MAX_VALUE, -Float.MAX_VALUE});
        assertThat(violations(most, BIAS)).isEmpty();
    }

    @Test
    void check_normAtTheLimit_admitsAndBeyondRefuses() {
        Limits thirteen = new Limits(METADATA, OptionalDouble.of(13));
        assertThat(check(thirteen, METADATA, WEIGHT, BIAS)).isInstanceOf(Passage.Admitted.class);
        Limits less = new Limits(METADATA, OptionalDouble.of(12.999));
        assertThat(violations(check(less, METADATA, WEIGHT, BIAS)))
                .containsExactly(new Violation("update", Rule.NORM, "an L2 norm of at most 12.999"));
    }

    @Test
    void check_metadataOfAnotherKeyOrValue_isRefusedWithoutTheValue() {
        Map<String, String> smuggled = Map.of("round", "63-year-old", "note", "secret");
        assertThat(violations(check(LIMITS, smuggled, WEIGHT, BIAS)))
                .extracting(Violation::toString)
                .containsExactlyInAnyOrder(
                        "round: METADATA, expected only the job's own entries",
                        "note: METADATA, expected only the job's own entries");
    }

    @Test
    void check_thousandsOfForeignTensors_reportsAHundred() {
        Tensor[] many = IntStream.range(0, 5000)
                .mapToObj(i -> Tensor.of("t" + i, List.of(0L), new float[0]))
                .toArray(Tensor[]::new);
        assertThat(violations(many)).hasSize(100);
    }

    @Test
    void check_modelCargo_wantsFrozenParametersToo() {
        List<Tensor> all = new ArrayList<>(List.of(
                Tensor.of("fc1.weight", List.of(2L, 3L), new float[6]),
                Tensor.of("fc1.bias", List.of(2L), new float[2]),
                WEIGHT,
                BIAS));
        Safetensors whole = Safetensors.read(Safetensors.write(Map.of(), all));
        assertThat(Airlock.check(GRAPH, whole, Cargo.MODEL, LIMITS)).isInstanceOf(Passage.Admitted.class);
        assertThat(violations(Airlock.check(GRAPH, whole, Cargo.UPDATE, LIMITS)))
                .extracting(Violation::rule)
                .containsExactly(Rule.UNKNOWN, Rule.UNKNOWN);
    }

    @Test
    void write_updateWeights_givesWhatCheckAdmits() {
        Weights update = Weights.ofUpdate(GRAPH, Map.of("fc2.weight", new float[] {1, 2}, "fc2.bias", new float[] {3}));
        byte[] file = Airlock.write(GRAPH, update, METADATA);
        assertThat(Airlock.check(GRAPH, Safetensors.read(file), Cargo.UPDATE, LIMITS))
                .isInstanceOfSatisfying(
                        Passage.Admitted.class,
                        a -> assertThat(Airlock.write(GRAPH, a.weights(), METADATA))
                                .isEqualTo(file));
    }

    @Test
    void violation_longName_isCut() {
        assertThat(new Violation("n".repeat(500), Rule.UNKNOWN, "x").tensor()).hasSize(61);
    }
}
