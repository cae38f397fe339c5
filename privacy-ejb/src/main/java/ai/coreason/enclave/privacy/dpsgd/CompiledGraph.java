package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A graph's {@link StepProgram}, loaded into libtorch on the CPU. Thread-safe but for {@link #close()}. */
final class CompiledGraph implements AutoCloseable {
    private final ModelGraph graph;
    private final int maxRecords;
    private final ParameterLayout layout;
    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final PtSymbolBlock program;

    /** A graph where every example is clipped on its own. */
    CompiledGraph(ModelGraph graph) {
        this(graph, 1);
    }

    /** @param maxRecords most examples that are clipped together */
    CompiledGraph(ModelGraph graph, int maxRecords) {
        this.graph = graph;
        this.maxRecords = maxRecords;
        this.layout = new ParameterLayout(graph);
        byte[] archive = TorchScriptArchive.of(StepProgram.CLASS, new StepProgram(graph, layout, maxRecords).source());
        try {
            program = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            manager.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    ModelGraph graph() {
        return graph;
    }

    /** Most examples that are clipped together; above 1, the program also takes the examples' parts in their units. */
    int maxRecords() {
        return maxRecords;
    }

    ParameterLayout layout() {
        return layout;
    }

    /** @throws IllegalStateException after {@link #close()} */
    void requireOpen() {
        if (!manager.isOpen()) {
            throw new IllegalStateException("already closed");
        }
    }

    /** A manager for tensors that live shorter than this graph. */
    NDManager newManager() {
        requireOpen();
        return manager.newSubManager();
    }

    /**
     * Calls {@code forward}; the result belongs to the first argument's manager.
     *
     * <p>libtorch's optimising executor differentiates parts of a program ahead of time, which leaves out the taps and gives
     * wrong norms: it stays off. The switch is one of the thread, so every call sets it.
     */
    NDArray call(NDList arguments) {
        JniUtils.setGraphExecutorOptimize(false);
        return IValueUtils.forward(program, arguments, true).singletonOrThrow();
    }

    /** Calls another method; the result belongs to the first argument's manager. */
    NDArray call(String method, NDList arguments) {
        NDList all = new NDList(arguments);
        NDArray marker = arguments.get(0).getManager().create(0f);
        marker.setName("module_method:" + method);
        all.add(marker);
        return call(all);
    }

    /** The shape of a batch of inputs. */
    Shape inputs(long count) {
        return new Shape(count).addAll(new Shape(graph.input().shape().extents()));
    }

    /** The shape of a batch of outputs. */
    Shape outputs(long count) {
        return new Shape(count).addAll(new Shape(graph.outputShape()));
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
