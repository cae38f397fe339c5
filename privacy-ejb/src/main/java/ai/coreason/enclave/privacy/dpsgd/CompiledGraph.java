package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A graph's {@link StepProgram}, loaded into libtorch on the CPU. Thread-safe but for {@link #close()}. */
final class CompiledGraph implements AutoCloseable {
    private final ModelGraph graph;
    private final int maxRecords;
    private final ParameterLayout layout;
    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final PtSymbolBlock program;
    private final List<DropoutMasks.Place> masks;
    private final NDArray noMasks;
    private final long positionsOfProducts;
    private final Map<Integer, CallSizes> sizes = new ConcurrentHashMap<>();

    /** A graph where every example is clipped on its own. */
    CompiledGraph(ModelGraph graph) {
        this(graph, 1);
    }

    /** @param maxRecords most examples that are clipped together */
    CompiledGraph(ModelGraph graph, int maxRecords) {
        this.graph = graph;
        this.maxRecords = maxRecords;
        this.layout = new ParameterLayout(graph);
        StepProgram step = new StepProgram(graph, layout, maxRecords);
        byte[] archive = TorchScriptArchive.of(StepProgram.CLASS, step.source());
        this.masks = step.masks();
        this.positionsOfProducts = step.positionsOfProducts();
        this.noMasks = manager.create(0f);
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

    /** Most positions of a unit over which a product is summed that is not formed; 0 if there is none. */
    long positionsOfProducts() {
        return positionsOfProducts;
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

    /**
     * Adds the clipped gradients of a call's units to a sum; gives upper bounds of their squared norms.
     *
     * @param manager of what lives as long as the call
     * @param data the examples, their labels and the weights
     * @param rule {@link ClippingRule#numbers()}
     */
    double[] clippedSum(
            NDManager manager, UnitCalls.Call call, NDList data, NDArray sum, NDArray rule, DropoutMasks masks) {
        long[] index = call.index();
        NDList in = new NDList(manager.create(index));
        in.addAll(data);
        in.add(sum);
        in.add(manager.create(call.real()));
        in.add(rule);
        in.add(masks(manager, index, masks));
        if (maxRecords > 1) {
            in.add(manager.create(call.parts(), new Shape(call.size(), call.width())));
        }
        return call(in).toDoubleArray();
    }

    /** The losses of examples, and whether their labels are predicted, [2, examples]. */
    double[] scores(NDManager manager, long[] index, NDList data) {
        NDList in = new NDList(manager.create(index));
        in.addAll(data);
        return call("scores", in).toDoubleArray();
    }

    /** The masks of some examples as the program takes them; a number where it takes none. */
    NDArray masks(NDManager manager, long[] index, DropoutMasks masks) {
        return masks.size() == 0
                ? noMasks
                : manager.create(masks.of(index), new Shape(index.length, masks.size()), DataType.UINT8);
    }

    /** The dropout masks of a step with that key. */
    DropoutMasks masks(byte[] key) {
        return new DropoutMasks(masks, key);
    }

    /**
     * The sizes that calls may have on this machine.
     *
     * @param examples most examples of one call
     */
    CallSizes sizes(int examples) {
        int base = CallSizes.inTwoRegisters(System.getenv("ATEN_CPU_CAPABILITY"));
        return sizes.computeIfAbsent(examples, most -> new CallSizes(new TrialUnits(this), most, base));
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
