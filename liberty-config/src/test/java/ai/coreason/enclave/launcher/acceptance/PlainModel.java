package ai.coreason.enclave.launcher.acceptance;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A chain of layers computed by plain loops, one example at a time: what a model is worth, without the code that trained
 * it. Knows the operators of the shared federations.
 */
final class PlainModel {
    /** An image or, as 1 x 1, a row. */
    private record Volume(int channels, int height, int width, float[] values) {
        float at(int c, int y, int x) {
            return values[(c * height + y) * width + x];
        }
    }

    private final JsonNode graph;
    private final Map<String, float[]> parameters = new HashMap<>();

    PlainModel(Path job, Path model) throws IOException {
        this.graph = Json.read(Files.readAllBytes(job)).get("model");
        Safetensors tensors = Safetensors.map(model);
        for (JsonNode node : graph.get("nodes")) {
            for (String name : new String[] {".weight", ".bias"}) {
                tensors.tensor(node.get("name").asText() + name).ifPresent(t -> parameters.put(t.name(), t.floats()));
            }
        }
    }

    /** The outputs for one example. */
    float[] outputs(float[] example) {
        JsonNode shape = graph.get("inputs").get(0).get("shape");
        Volume value = shape.size() == 1
                ? new Volume(example.length, 1, 1, example)
                : new Volume(
                        shape.get(0).asInt(), shape.get(1).asInt(), shape.get(2).asInt(), example);
        for (JsonNode node : graph.get("nodes")) {
            value = step(node, value);
        }
        return value.values();
    }

    private Volume step(JsonNode node, Volume in) {
        String op = node.get("op").asText();
        return switch (op) {
            case "linear" -> linear(node.get("name").asText(), in);
            case "conv2d" -> convolution(node, in);
            case "max_pool2d" -> maximum(node, in);
            case "relu" -> relu(in);
            case "flatten" -> new Volume(in.values().length, 1, 1, in.values());
            default -> throw new IllegalArgumentException("expected a known operator, got " + op);
        };
    }

    private Volume linear(String name, Volume in) {
        float[] weight = parameters.get(name + ".weight");
        float[] out = parameters.get(name + ".bias").clone();
        int columns = in.values().length;
        for (int i = 0; i < weight.length; i++) {
            out[i / columns] += weight[i] * in.values()[i % columns];
        }
        return new Volume(out.length, 1, 1, out);
    }

    private static Volume relu(Volume in) {
        float[] out = in.values().clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.max(0, out[i]);
        }
        return new Volume(in.channels(), in.height(), in.width(), out);
    }

    private Volume convolution(JsonNode node, Volume in) {
        float[] weight = parameters.get(node.get("name").asText() + ".weight");
        float[] bias = parameters.get(node.get("name").asText() + ".bias");
        int padding = node.get("padding").get(0).asInt();
        int size = node.get("kernel_size").get(0).asInt();
        int stride = node.get("stride").get(0).asInt();
        int height = (in.height() + 2 * padding - size) / stride + 1;
        int width = (in.width() + 2 * padding - size) / stride + 1;
        float[] out = new float[bias.length * height * width];
        for (int i = 0; i < out.length; i++) {
            int channel = i / (height * width);
            int top = i / width % height * stride - padding;
            int left = i % width * stride - padding;
            float sum = bias[channel];
            for (int k = 0; k < in.channels() * size * size; k++) {
                int y = top + k / size % size;
                int x = left + k % size;
                if (y >= 0 && y < in.height() && x >= 0 && x < in.width()) {
                    sum += weight[channel * in.channels() * size * size + k] * in.at(k / (size * size), y, x);
                }
            }
            out[i] = sum;
        }
        return new Volume(bias.length, height, width, out);
    }

    private static Volume maximum(JsonNode node, Volume in) {
        int size = node.get("kernel_size").get(0).asInt();
        int stride = node.get("stride").get(0).asInt();
        int height = (in.height() - size) / stride + 1;
        int width = (in.width() - size) / stride + 1;
        float[] out = new float[in.channels() * height * width];
        for (int i = 0; i < out.length; i++) {
            float best = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < size * size; k++) {
                best = Math.max(
                        best,
                        in.at(
                                i / (height * width),
                                i / width % height * stride + k / size,
                                i % width * stride + k % size));
            }
            out[i] = best;
        }
        return new Volume(in.channels(), height, width, out);
    }
}
