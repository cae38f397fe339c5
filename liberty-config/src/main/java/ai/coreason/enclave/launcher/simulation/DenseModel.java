package ai.coreason.enclave.launcher.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model graph that is one chain of linear layers and elementwise activations: small enough to compute in plain Java.
 * Immutable.
 */
final class DenseModel {
    private static final Set<String> ACTIVATIONS = Set.of("relu", "tanh", "sigmoid");

    private record Layer(String name, String op, int in, int out, boolean bias) {}

    private final List<Layer> layers;
    private final int inputs;
    private final boolean binary;

    private DenseModel(List<Layer> layers, int inputs, boolean binary) {
        this.layers = layers;
        this.inputs = inputs;
        this.binary = binary;
    }

    /** Why a graph is not such a chain with classes to predict; empty if it is. */
    static Optional<String> obstacle(JsonNode graph) {
        JsonNode shape = graph.path("inputs").path(0).path("shape");
        String loss = graph.path("loss").asText();
        if (graph.path("inputs").size() != 1 || shape.size() != 1) {
            return Optional.of("the graph's input is not one vector");
        }
        if (!loss.equals("bce_with_logits") && !loss.equals("cross_entropy")) {
            return Optional.of("loss " + loss + " predicts no class");
        }
        String before = graph.path("inputs").path(0).path("name").asText();
        for (JsonNode node : graph.path("nodes")) {
            String op = node.path("op").asText();
            boolean follows = node.path("in").size() == 1
                    && node.path("in").path(0).asText().equals(before);
            if (!follows || !op.equals("linear") && !ACTIVATIONS.contains(op)) {
                return Optional.of("the graph is more than a chain of linear, relu, tanh and sigmoid");
            }
            before = node.path("name").asText();
        }
        return graph.path("output").asText().equals(before)
                ? Optional.empty()
                : Optional.of("the graph's output is not its last node");
    }

    /** Takes a graph without {@link #obstacle}. */
    static DenseModel of(JsonNode graph) {
        int inputs = graph.path("inputs").path(0).path("shape").path(0).asInt();
        List<Layer> layers = new ArrayList<>();
        int width = inputs;
        for (JsonNode node : graph.path("nodes")) {
            String op = node.path("op").asText();
            int out = op.equals("linear") ? node.path("out_features").asInt() : width;
            layers.add(new Layer(
                    node.path("name").asText(),
                    op,
                    width,
                    out,
                    node.path("bias").asBoolean(true)));
            width = out;
        }
        return new DenseModel(layers, inputs, graph.path("loss").asText().equals("bce_with_logits"));
    }

    /** How many numbers one input has. */
    int inputs() {
        return inputs;
    }

    /** How many weights it has. */
    long parameters() {
        return layers.stream()
                .filter(l -> l.op().equals("linear"))
                .mapToLong(l -> (long) l.in() * l.out() + (l.bias() ? l.out() : 0))
                .sum();
    }

    /**
     * The class that the model predicts.
     *
     * @param weights parameters by their names, row-major
     */
    int predict(Map<String, float[]> weights, double[] input) {
        double[] values = input;
        for (Layer layer : layers) {
            values = layer.op().equals("linear") ? linear(layer, weights, values) : activate(layer.op(), values);
        }
        if (binary) {
            return values[0] > 0 ? 1 : 0;
        }
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static double[] linear(Layer layer, Map<String, float[]> weights, double[] input) {
        float[] weight = weights.get(layer.name() + ".weight");
        float[] bias = weights.get(layer.name() + ".bias");
        double[] out = new double[layer.out()];
        for (int o = 0; o < out.length; o++) {
            double sum = layer.bias() ? bias[o] : 0;
            for (int i = 0; i < input.length; i++) {
                sum += weight[o * input.length + i] * input[i];
            }
            out[o] = sum;
        }
        return out;
    }

    private static double[] activate(String op, double[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (op) {
                case "relu" -> Math.max(0, values[i]);
                case "tanh" -> Math.tanh(values[i]);
                default -> 1 / (1 + Math.exp(-values[i]));
            };
        }
        return out;
    }
}
