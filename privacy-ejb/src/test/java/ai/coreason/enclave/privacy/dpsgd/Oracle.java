package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;

/**
 * What the clipped sum ought to be, by brute force: one forward and one ordinary backward pass per example, the norm and
 * the clipping in double precision in Java.
 */
final class Oracle implements AutoCloseable {
    private final ModelGraph graph;
    private final ParameterLayout layout;
    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final PtSymbolBlock program;

    Oracle(ModelGraph graph) {
        this.graph = graph;
        this.layout = new ParameterLayout(graph);
        byte[] archive = TorchScriptArchive.of(StepProgram.CLASS, new StepProgram(graph, layout).source());
        try {
            program = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The gradient of one example's loss to the trainable parameters. */
    float[] gradient(Weights weights, Examples examples, int index) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDManager call = manager.newSubManager()) {
            FloatBuffer flat = FloatBuffer.allocate(layout.size());
            layout.write(weights, flat);
            NDArray w = call.create(flat.array(), new Shape(layout.size()));
            w.setRequiresGradient(true);
            NDList in = new NDList(x(call, examples, index), y(call, examples, index), w, method(call, "loss"));
            NDArray loss = IValueUtils.forward(program, in, true).singletonOrThrow();
            JniUtils.backward((PtNDArray) loss, (PtNDArray) call.create(1f), false, false);
            NDArray gradient = w.getGradient();
            gradient.attach(call);
            return java.util.Arrays.copyOf(gradient.toFloatArray(), layout.trainable());
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** The model's output for one example. */
    float[] predict(Weights weights, Examples examples, int index) {
        try (NDManager call = manager.newSubManager()) {
            FloatBuffer flat = FloatBuffer.allocate(layout.size());
            layout.write(weights, flat);
            NDArray w = call.create(flat.array(), new Shape(layout.size()));
            NDList in = new NDList(x(call, examples, index), w, method(call, "predict"));
            return IValueUtils.forward(program, in, true).singletonOrThrow().toFloatArray();
        }
    }

    /** The number of trainable elements and where each parameter begins are those of the layout. */
    ParameterLayout layout() {
        return layout;
    }

    static double norm(float[] gradient) {
        double square = 0;
        for (float g : gradient) {
            square += (double) g * g;
        }
        return Math.sqrt(square);
    }

    private static NDArray method(NDManager call, String name) {
        NDArray marker = call.create(0f);
        marker.setName("module_method:" + name);
        return marker;
    }

    private NDArray x(NDManager call, Examples examples, int index) {
        int size = Math.toIntExact(graph.input().shape().size());
        float[] one = java.util.Arrays.copyOfRange(examples.x(), index * size, (index + 1) * size);
        return call.create(
                one, new Shape(1).addAll(new Shape(graph.input().shape().extents())));
    }

    private NDArray y(NDManager call, Examples examples, int index) {
        if (examples.classes().isPresent()) {
            return call.create(new long[] {examples.classes().get()[index]});
        }
        long[] shape = graph.outputShape();
        int size = Math.toIntExact(new Shape(shape).size());
        float[] one = java.util.Arrays.copyOfRange(examples.targets().orElseThrow(), index * size, (index + 1) * size);
        return call.create(one, new Shape(1).addAll(new Shape(shape)));
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }

    /** Sizes of the trainable parameters, in order. */
    static java.util.List<Long> sizes(ModelGraph graph) {
        return graph.parameters().stream()
                .filter(ParameterSpec::trainable)
                .map(ParameterSpec::size)
                .toList();
    }
}
