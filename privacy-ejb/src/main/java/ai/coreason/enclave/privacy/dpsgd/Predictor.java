package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Computes a graph's outputs. Thread-safe; native memory is freed at the end of each call, the program's by {@link #close()}. */
public final class Predictor implements AutoCloseable {
    /** Inputs of one call: enough to fill the matrices, few enough for any model that trains. */
    private static final int CALL = 256;

    private final CompiledGraph graph;

    /** A predictor for any weights that fit the graph. */
    public Predictor(ModelGraph graph) {
        this.graph = new CompiledGraph(graph);
    }

    /**
     * The outputs for a batch of inputs.
     *
     * @param x the inputs one after the other, row-major; whole numbers where the model takes tokens
     * @return the outputs one after the other, row-major: logits where the loss takes logits
     * @throws IllegalArgumentException if {@code x} is no multiple of one input, or holds a token that the model has no row for
     */
    public float[] predict(Weights weights, float[] x) {
        int size = Math.toIntExact(graph.graph().input().shape().size());
        if (x.length % size != 0) {
            throw new IllegalArgumentException("x: expected a multiple of " + size + " values, got " + x.length);
        }
        Examples.requireTokens(graph.graph(), x);
        boolean gradients = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (NDManager all = graph.newManager()) {
            FloatBuffer flat = FloatBuffer.allocate(graph.layout().size());
            graph.layout().write(weights, flat);
            NDArray w = all.create(flat.array(), new Shape(flat.capacity()));
            int outputs = Math.toIntExact(graph.outputs(1).size());
            float[] out = new float[x.length / size * outputs];
            for (int from = 0; from < x.length; from += CALL * size) {
                float[] given = call(all, Arrays.copyOfRange(x, from, Math.min(x.length, from + CALL * size)), size, w);
                System.arraycopy(given, 0, out, from / size * outputs, given.length);
            }
            return out;
        } finally {
            JniUtils.setGradMode(gradients);
        }
    }

    private float[] call(NDManager all, float[] x, int size, NDArray weights) {
        try (NDManager call = all.newSubManager()) {
            return graph.call("predict", new NDList(call.create(x, graph.inputs(x.length / size)), weights))
                    .toFloatArray();
        }
    }

    @Override
    public synchronized void close() {
        graph.close();
    }
}
