package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;

/** Computes a graph's outputs. Thread-safe; native memory is freed at the end of each call, the program's by {@link #close()}. */
public final class Predictor implements AutoCloseable {
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
        long size = graph.graph().input().shape().size();
        if (x.length % size != 0) {
            throw new IllegalArgumentException("x: expected a multiple of " + size + " values, got " + x.length);
        }
        Examples.requireTokens(graph.graph(), x);
        boolean gradients = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (NDManager call = graph.newManager()) {
            FloatBuffer flat = FloatBuffer.allocate(graph.layout().size());
            graph.layout().write(weights, flat);
            NDArray w = call.create(flat.array(), new Shape(flat.capacity()));
            NDList in = new NDList(call.create(x, graph.inputs(x.length / size)), w);
            return graph.call("predict", in).toFloatArray();
        } finally {
            JniUtils.setGradMode(gradients);
        }
    }

    @Override
    public synchronized void close() {
        graph.close();
    }
}
