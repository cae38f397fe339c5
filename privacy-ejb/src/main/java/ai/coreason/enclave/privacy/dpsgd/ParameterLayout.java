package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where each parameter lies in one flat vector: the trainable ones first, in the graph's order, then the frozen ones.
 * Gradients and noise cover the trainable part alone. Immutable.
 */
final class ParameterLayout {
    private final ModelGraph graph;
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private final int trainable;
    private final int size;

    ParameterLayout(ModelGraph graph) {
        this.graph = graph;
        long next = place(true, 0);
        this.trainable = Math.toIntExact(next);
        this.size = Math.toIntExact(place(false, next));
    }

    private long place(boolean kind, long from) {
        long next = from;
        for (ParameterSpec spec : graph.parameters()) {
            if (spec.trainable() == kind) {
                offsets.put(spec.name(), next);
                next += spec.size();
            }
        }
        return next;
    }

    /** The number of trainable elements, which come first. */
    int trainable() {
        return trainable;
    }

    /** The number of all elements. */
    int size() {
        return size;
    }

    /** The number of layers: nodes that have trainable parameters. */
    int layers() {
        return (int) graph.nodes().stream()
                .filter(n -> n.trainable() && !n.parameters().isEmpty())
                .count();
    }

    /** TorchScript of one parameter's part of a flat vector, as a view of the parameter's shape. */
    String view(String vector, String parameter) {
        Shape shape = new Shape(graph.parameter(parameter).orElseThrow().shape());
        return view(vector, parameter, shape);
    }

    /** TorchScript of one parameter's part of a flat vector, as a view of a shape of the same size. */
    String view(String vector, String parameter, Shape shape) {
        long[] strides = new long[shape.rank()];
        for (int d = 0; d < strides.length; d++) {
            strides[d] = shape.sizeOf(d + 1, shape.rank());
        }
        return "torch.as_strided(%s, %s, %s, %d)"
                .formatted(vector, shape, java.util.Arrays.toString(strides), offsets.get(parameter));
    }

    /** Copies weights into a flat vector. */
    void write(Weights weights, FloatBuffer vector) {
        offsets.forEach((name, offset) -> {
            FloatBuffer values = weights.view(name);
            vector.put(Math.toIntExact(offset), values, 0, values.remaining());
        });
    }

    /** Copies a flat vector into weights. */
    Weights read(FloatBuffer vector) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (ParameterSpec spec : graph.parameters()) {
            float[] v = new float[Math.toIntExact(spec.size())];
            vector.get(Math.toIntExact(offsets.get(spec.name())), v);
            values.put(spec.name(), v);
        }
        return Weights.of(graph, values);
    }
}
