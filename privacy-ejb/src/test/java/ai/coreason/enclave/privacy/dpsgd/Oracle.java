package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Weights;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;

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
                    "loss", new NDList(call.create(new long[] {index}), x, y, w, call.create(TrainingRun.words(0))));
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

    private static float[] row(float[] values, int count, int index) {
        int size = values.length / count;
        return Arrays.copyOfRange(values, index * size, (index + 1) * size);
    }
}
