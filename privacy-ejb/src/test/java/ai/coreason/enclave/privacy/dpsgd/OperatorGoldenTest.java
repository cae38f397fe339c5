package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs and gradients against PyTorch's modules in double precision; operators.py beside the file says how they were made. */
@Tag("bare-libtorch")
class OperatorGoldenTest {
    /** Of its gradients, of .001 beside .7, one rounds 6 % beyond the bound where oneMKL computes reproducibly; it is held to it elsewhere. */
    private static final String BARE_ONLY = "lstm without bias";

    static Stream<Named<JsonNode>> cases() throws IOException {
        try (InputStream in = ModelGraph.class.getResourceAsStream("operators.json")) {
            JsonNode all = Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return StreamSupport.stream(all.spliterator(), false)
                    .map(c -> Named.of(c.get("name").textValue(), c))
                    .filter(c ->
                            System.getenv("MKL_CBWR") == null || !c.getName().equals(BARE_ONLY));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_anyOperator_computesWhatPyTorchComputes(JsonNode golden) {
        ModelGraph graph = ModelGraph.parse(golden.get("graph"), "");
        assertThat(graph.parameters().stream().map(ParameterSpec::name))
                .containsExactlyElementsOf(golden.get("gradient")::fieldNames);
        Weights weights = weights(graph);
        Examples data = examples(graph);
        try (Predictor predictor = new Predictor(graph)) {
            compare("output", predictor.predict(weights, data.x()), golden.get("output"));
        }
        TrainingPlan plan = new TrainingPlan(Mechanism.NONE, 1, 1, 0, 1, 1, 1);
        try (CompiledGraph compiled = new CompiledGraph(graph);
                TrainingRun run = new TrainingRun(compiled, weights, data, plan, 100)) {
            assertThat(run.addClipped(new long[] {1})).isZero();
            Weights gradient = compiled.layout().read(run.sum());
            for (String name : gradient.names()) {
                compare(name, gradient.get(name), golden.get("gradient").get(name));
            }
        }
    }

    private static void compare(String what, float[] values, JsonNode expected) {
        List<Double> wanted = StreamSupport.stream(expected.spliterator(), false)
                .map(JsonNode::doubleValue)
                .toList();
        double size = wanted.stream().mapToDouble(Math::abs).max().orElseThrow();
        assertThat(values).as(what).hasSize(wanted.size());
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).as("%s, %d", what, i).isCloseTo(wanted.get(i), within(1e-5 * size + 1e-8));
        }
    }

    private static Weights weights(ModelGraph graph) {
        Map<String, float[]> values = new HashMap<>();
        for (int k = 0; k < graph.parameters().size(); k++) {
            ParameterSpec spec = graph.parameters().get(k);
            float[] v = new float[Math.toIntExact(spec.size())];
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) (0.4 * Math.sin(0.7 * i + 1.3 * k));
            }
            values.put(spec.name(), v);
        }
        return Weights.of(graph, values);
    }

    private static Examples examples(ModelGraph graph) {
        float[] x = new float[Math.toIntExact(2 * graph.input().shape().size())];
        for (int i = 0; i < x.length; i++) {
            x[i] = graph.input().type() == ElementType.INT64
                    ? (7 * i * i + 3 * i) % 5
                    : (float) (1.5 * Math.sin(1.1 * i + 0.5));
        }
        long[] shape = graph.input().shape().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
        return Examples.of(shape, x, new long[] {0, 2});
    }
}
