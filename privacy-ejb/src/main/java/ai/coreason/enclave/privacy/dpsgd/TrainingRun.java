package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Weights;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The state of one training: weights, the noised sum of one step, and the examples in native memory. Weights and sum are
 * buffers that Java and libtorch share. Not thread-safe.
 */
final class TrainingRun implements AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final CompiledGraph graph;
    private final TrainingPlan plan;
    private final PoissonSampler sampler;
    private final int count;
    private final int callExamples;
    private final NDManager manager;
    private final FloatBuffer weights;
    private final FloatBuffer sum;
    private final NDList arguments;
    private long dropout;

    /** @param callExamples most examples whose gradients are in memory at a time */
    TrainingRun(CompiledGraph graph, Weights base, Examples examples, TrainingPlan plan, int callExamples) {
        this.graph = graph;
        this.plan = plan;
        this.callExamples = callExamples;
        this.sampler = new PoissonSampler(plan.samplingRate());
        this.count = examples.count();
        ByteBuffer weightBytes = buffer(graph.layout().size());
        ByteBuffer sumBytes = buffer(graph.layout().trainable());
        this.weights = weightBytes.asFloatBuffer();
        this.sum = sumBytes.asFloatBuffer();
        graph.layout().write(base, weights);
        this.manager = graph.newManager();
        this.arguments = new NDList(
                manager.create(examples.x(), graph.inputs(count)),
                labels(examples),
                manager.create(weightBytes, new Shape(weights.capacity()), DataType.FLOAT32),
                manager.create(sumBytes, new Shape(sum.capacity()), DataType.FLOAT32),
                manager.create((float) plan.clip()));
    }

    /** Aligned as libtorch aligns, so that the same numbers come out wherever the buffer lies. */
    private static ByteBuffer buffer(int floats) {
        int bytes = Math.multiplyExact(floats, Float.BYTES);
        return ByteBuffer.allocateDirect(Math.addExact(bytes, 2 * ALIGNMENT))
                .alignedSlice(ALIGNMENT)
                .limit(bytes)
                .slice()
                .order(ByteOrder.nativeOrder());
    }

    private NDArray labels(Examples examples) {
        return examples.classes()
                .map(classes -> manager.create(classes, new Shape(count)))
                .orElseGet(() -> manager.create(examples.targets().orElseThrow(), graph.outputs(count)));
    }

    /** Makes one step: sample, noise, clipped sum, update. */
    void step(long step, NoiseKeys keys, Progress progress) {
        long[] drawn = sampler.draw(count, new KeyStream(keys.sampling(step)));
        new SecureNoise(new KeyStream(keys.noise(step))).fill(sum, plan.noiseScale());
        dropout = new KeyStream(keys.dropout(step)).next();
        int nonFinite = addClipped(drawn);
        update();
        progress.stepDone(step, drawn.length, nonFinite);
    }

    /** Adds the clipped gradients of examples to the sum, a bounded number at a time; gives how many were left out. */
    int addClipped(long[] examples) {
        int nonFinite = 0;
        for (int from = 0; from < examples.length; from += callExamples) {
            nonFinite += add(Arrays.copyOfRange(examples, from, Math.min(examples.length, from + callExamples)));
        }
        return nonFinite;
    }

    private int add(long[] examples) {
        float[] norms = squaredNorms(examples);
        long[] finite = new long[examples.length];
        int kept = 0;
        for (int i = 0; i < examples.length; i++) {
            if (Float.isFinite(norms[i])) {
                finite[kept++] = examples[i];
            }
        }
        int left = examples.length - kept;
        return left == 0 || kept == 0 ? left : left + add(Arrays.copyOf(finite, kept));
    }

    /** One call: the squared norms of the examples' gradients; adds the clipped ones to the sum if all are finite. */
    float[] squaredNorms(long[] examples) {
        try (NDManager call = manager.newSubManager()) {
            NDList in = new NDList(call.create(examples));
            in.addAll(arguments);
            in.add(call.create(words(dropout)));
            return graph.call(in).toFloatArray();
        }
    }

    /** The two halves of a seed, as the program takes them. */
    static long[] words(long seed) {
        return new long[] {seed >>> 32, seed & 0xffffffffL};
    }

    /** Moves the weights against the sum, divided by the plan's normaliser. */
    void update() {
        float rate = (float) (plan.learningRate() / plan.normaliser());
        for (int i = 0; i < sum.capacity(); i++) {
            weights.put(i, weights.get(i) - rate * sum.get(i));
        }
    }

    /** The sum of clipped gradients and noise, laid out as the trainable weights. */
    FloatBuffer sum() {
        return sum;
    }

    /** The number of tensors that this training holds between steps. */
    int liveArrays() {
        return manager.getManagedArrays().size();
    }

    /** The weights as they are now. */
    Weights weights() {
        return graph.layout().read(weights);
    }

    @Override
    public void close() {
        manager.close();
    }
}
