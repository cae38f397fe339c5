package ai.coreason.enclave.launcher.holdout;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * A model's outputs in plain Java: fully connected layers over one row of numbers, and the activations between them.
 * Immutable; thread-safe.
 */
final class Forward {
    private static final Set<String> KNOWN = Set.of("linear", "relu", "tanh", "sigmoid", "flatten");

    private final ModelGraph graph;
    private final Map<String, JsonNode> described = new HashMap<>();
    private final Map<String, float[]> parameters = new HashMap<>();

    /** @throws Unmeasurable if the graph has another operator, or the file is not a model of this graph */
    Forward(ModelGraph graph, Safetensors model) throws Unmeasurable {
        this.graph = graph;
        if (graph.input().shape().rank() != 1) {
            throw new Unmeasurable("expected a model of one row of numbers, got an input of "
                    + graph.input().shape().extents());
        }
        for (JsonNode node : graph.json().get("nodes")) {
            String op = node.get("op").textValue();
            if (!KNOWN.contains(op)) {
                throw new Unmeasurable(
                        "expected operators among " + KNOWN.stream().sorted().toList() + ", got " + op);
            }
            described.put(node.get("name").textValue(), node);
        }
        for (ParameterSpec spec : graph.parameters()) {
            Tensor tensor = model.tensor(spec.name())
                    .filter(t -> t.shape().equals(spec.shape()))
                    .orElseThrow(() -> new Unmeasurable(
                            "expected " + spec.name() + " of " + spec.shape() + " in the model, it has none"));
            parameters.put(spec.name(), tensor.floats());
        }
    }

    /** The outputs for one example: logits where the loss takes logits. */
    float[] apply(float[] x) {
        Map<String, float[]> values = new HashMap<>();
        values.put(graph.input().name(), x);
        graph.nodes()
                .forEach(node -> values.put(
                        node.name(), step(node.name(), values.get(node.inputs().get(0)))));
        return values.get(graph.output().name());
    }

    private float[] step(String name, float[] in) {
        return switch (described.get(name).get("op").textValue()) {
            case "linear" -> linear(parameters.get(name + ".weight"), parameters.get(name + ".bias"), in);
            case "relu" -> each(in, v -> Math.max(0, v));
            case "tanh" -> each(in, Math::tanh);
            case "sigmoid" -> each(in, v -> 1 / (1 + Math.exp(-v)));
            default -> in;
        };
    }

    private static float[] linear(float[] weight, float[] bias, float[] in) {
        float[] out = new float[weight.length / in.length];
        for (int row = 0; row < out.length; row++) {
            double sum = bias == null ? 0 : bias[row];
            for (int i = 0; i < in.length; i++) {
                sum += weight[row * in.length + i] * (double) in[i];
            }
            out[row] = (float) sum;
        }
        return out;
    }

    private static float[] each(float[] in, DoubleUnaryOperator f) {
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
            out[i] = (float) f.applyAsDouble(in[i]);
        }
        return out;
    }
}
