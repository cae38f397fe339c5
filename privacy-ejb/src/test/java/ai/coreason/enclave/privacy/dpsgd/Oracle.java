package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Node;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** The gradients of single examples by brute force: one forward and one ordinary backward pass for each. */
final class Oracle {
    private final CompiledGraph graph;

    Oracle(CompiledGraph graph) {
        this.graph = graph;
    }

    /** The gradient of one example's loss to the trainable parameters, flat. */
    float[] gradient(Weights weights, Examples examples, int index) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDManager call = graph.newManager()) {
            FloatBuffer flat = FloatBuffer.allocate(graph.layout().size());
            graph.layout().write(weights, flat);
            NDArray w = call.create(flat.array(), new Shape(flat.capacity()));
            w.setRequiresGradient(true);
            NDArray x = call.create(row(examples.x(), examples.count(), index), graph.inputs(1));
            NDArray y = examples.classes()
                    .map(classes -> call.create(new long[] {classes[index]}))
                    .orElseGet(() -> call.create(
                            row(examples.targets().orElseThrow(), examples.count(), index), graph.outputs(1)));
            NDArray loss = graph.call(
                    "loss", new NDList(x, y, w, graph.masks(call, new long[] {index}, graph.masks(new byte[32]))));
            JniUtils.backward((PtNDArray) loss, (PtNDArray) call.create(1f), false, false);
            NDArray gradient = w.getGradient();
            gradient.attach(call);
            return Arrays.copyOf(gradient.toFloatArray(), graph.layout().trainable());
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** The Euclidean norm, in double precision. */
    static double norm(float[] gradient) {
        double square = 0;
        for (float g : gradient) {
            square += (double) g * g;
        }
        return Math.sqrt(square);
    }

    /** What is left of a clipping norm after the margin for rounding. */
    static double drawnIn(CompiledGraph graph, double clip) {
        return RoundingMargin.of(graph.positionsOfProducts(), graph.layout().trainable(), clip)
                .drawnIn(clip);
    }

    /** The gradient as it is clipped, by the definition, in double precision; the norm is what the margin leaves. */
    static double[] clipped(ModelGraph graph, float[] gradient, Clipping clipping, double clip) {
        List<Node> layers = graph.nodes().stream()
                .filter(n -> n.trainable() && !n.parameters().isEmpty())
                .toList();
        double[] out = new double[gradient.length];
        int from = 0;
        for (Node layer : layers) {
            int to = from
                    + (int) layer.parameters().stream().mapToLong(p -> p.size()).sum();
            double whole = norm(gradient);
            double own = norm(Arrays.copyOfRange(gradient, from, to));
            double factor = switch (clipping) {
                case FLAT -> Math.min(1, clip / (whole + 1e-6));
                case PER_LAYER -> Math.min(1, clip / Math.sqrt(layers.size()) / (own + 1e-6));
                case AUTOMATIC -> clip / (whole + 0.01);
            };
            for (; from < to; from++) {
                out[from] = gradient[from] * factor;
            }
        }
        return out;
    }

    private static float[] row(float[] values, int count, int index) {
        int size = values.length / count;
        return Arrays.copyOfRange(values, index * size, (index + 1) * size);
    }
}
