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
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The state of one training: weights, the noised sum of one step, and the examples in native memory. Weights and sum are
 * buffers that Java and libtorch share. Not thread-safe.
 */
final class TrainingRun implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final float[] ZEROS = new float[Descent.BLOCK];

    private final CompiledGraph graph;
    private final TrainingPlan plan;
    private final PoissonSampler sampler;
    private final Examples examples;
    private final int callExamples;
    private final NDManager manager;
    private final FloatBuffer weights;
    private final FloatBuffer sum;
    private final Descent descent;
    private final NDList arguments;
    private final MetricTally tally;
    private long dropout;

    /** @param callExamples most examples whose gradients are in memory at a time */
    TrainingRun(CompiledGraph graph, Weights base, Examples examples, TrainingPlan plan, int callExamples) {
        this.graph = graph;
        this.plan = plan;
        this.callExamples = callExamples;
        this.sampler = new PoissonSampler(plan.samplingRate());
        this.examples = examples;
        ByteBuffer weightBytes = buffer(graph.layout().size());
        ByteBuffer sumBytes = buffer(graph.layout().trainable());
        this.weights = weightBytes.asFloatBuffer();
        this.sum = sumBytes.asFloatBuffer();
        this.descent = new Descent(plan, sum.capacity());
        graph.layout().write(base, weights);
        int layers = graph.layout().layers();
        ClippingRule rule = ClippingRule.of(plan, layers);
        this.tally = new MetricTally(plan);
        this.manager = graph.newManager();
        this.arguments = new NDList(
                manager.create(examples.x(), graph.inputs(examples.count())),
                labels(),
                manager.create(weightBytes, new Shape(weights.capacity()), DataType.FLOAT32),
                manager.create(sumBytes, new Shape(sum.capacity()), DataType.FLOAT32),
                manager.create(rule.bound()),
                manager.create(rule.offset()),
                manager.create(rule.most()),
                manager.create(rule.shares(), new Shape(layers, layers)));
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

    private NDArray labels() {
        return examples.classes()
                .map(classes -> manager.create(classes, new Shape(classes.length)))
                .orElseGet(() -> manager.create(examples.targets().orElseThrow(), graph.outputs(examples.count())));
    }

    /** Makes one step: sample, clipped sum, noise, update. */
    void step(long step, NoiseKeys keys, Progress progress) {
        KeyStream sampling = new KeyStream(keys.sampling(step));
        long[] drawn = sampler.draw(examples.units(), sampling);
        long[][] records = examples.records(drawn, sampling);
        dropout = ByteBuffer.wrap(keys.dropout(step)).getLong();
        int nonFinite = addClipped(records);
        if (!plan.metrics().metrics().isEmpty()) {
            tally.add(scores(records), new SecureNoise(new KeyStream(keys.metrics(step)), plan.noise()));
        }
        release(new SecureNoise(new KeyStream(keys.noise(step)), plan.noise()));
        progress.stepDone(step, drawn.length, nonFinite);
    }

    /** Noises the sum, moves the weights by it and clears it, block by block while each is in the processor's cache. */
    private void release(SecureNoise noise) {
        descent.begin();
        float[] block = new float[Descent.BLOCK];
        for (int from = 0; from < sum.capacity(); from += block.length) {
            int count = Math.min(block.length, sum.capacity() - from);
            sum.get(from, block, 0, count);
            sum.put(from, ZEROS, 0, count);
            noise.addTo(block, count, plan.noiseScale());
            descent.move(from, weights, block, count);
        }
    }

    /** Adds the clipped gradients of single examples to the sum; gives how many were left out. */
    int addClipped(long[] examples) {
        return addClipped(Arrays.stream(examples).mapToObj(e -> new long[] {e}).toArray(long[][]::new));
    }

    /**
     * Adds the clipped gradients of units to the sum, a bounded number of examples at a time (but a unit as a whole), units
     * of like numbers of examples together; gives how many units were left out.
     *
     * @param units the indices of each one's examples
     */
    int addClipped(long[][] units) {
        long[][] ordered = units.clone();
        Arrays.sort(ordered, Comparator.comparingInt(u -> u.length));
        int nonFinite = 0;
        int to;
        for (int from = 0; from < ordered.length; from = to) {
            to = from + 1;
            while (to < ordered.length && (to + 1L - from) * ordered[to].length <= callExamples) {
                to++;
            }
            nonFinite += add(Arrays.copyOfRange(ordered, from, to));
        }
        return nonFinite;
    }

    private int add(long[][] units) {
        float[] norms = squaredNorms(units);
        long[][] finite = IntStream.range(0, units.length)
                .filter(i -> Float.isFinite(norms[i]))
                .mapToObj(i -> units[i])
                .toArray(long[][]::new);
        int left = units.length - finite.length;
        return left == 0 || finite.length == 0 ? left : left + add(finite);
    }

    /** One call: the squared norms of the units' gradients; adds the clipped ones to the sum if all are finite. */
    float[] squaredNorms(long[][] units) {
        int width = Arrays.stream(units).mapToInt(u -> u.length).max().orElse(1);
        long[] index = new long[units.length * width];
        float[] part = new float[index.length];
        for (int u = 0; u < units.length; u++) {
            for (int i = 0; i < width; i++) {
                boolean own = i < units[u].length;
                index[u * width + i] = units[u][own ? i : 0];
                part[u * width + i] = own ? 1f / units[u].length : 0;
            }
        }
        try (NDManager call = manager.newSubManager()) {
            NDList in = new NDList(call.create(index));
            in.addAll(arguments);
            in.add(call.create(words(dropout)));
            if (graph.maxRecords() > 1) {
                in.add(call.create(part, new Shape(units.length, width)));
            }
            return graph.call(in).toFloatArray();
        }
    }

    /** The two halves of a seed, as the program takes them. */
    static long[] words(long seed) {
        return new long[] {seed >>> 32, seed & 0xffffffffL};
    }

    /** The metrics' sums over units before this step's update, a unit's being the mean over its examples. */
    private double[] scores(long[][] units) {
        double[] out = new double[Metric.values().length];
        for (int from = 0; from < units.length; from += callExamples) {
            long[][] some = Arrays.copyOfRange(units, from, Math.min(units.length, from + callExamples));
            long[] index = Arrays.stream(some).flatMapToLong(Arrays::stream).toArray();
            float[] part = new float[index.length];
            int at = 0;
            for (long[] unit : some) {
                Arrays.fill(part, at, at += unit.length, 1f / unit.length);
            }
            try (NDManager call = manager.newSubManager()) {
                NDList in = new NDList(call.create(index), arguments.get(0), arguments.get(1), arguments.get(2));
                in.add(call.create(part));
                in.add(call.create((float) plan.metrics().largestLoss()));
                float[] sums = graph.call("scores", in).toFloatArray();
                out[Metric.LOSS.ordinal()] += sums[0];
                out[Metric.ACCURACY.ordinal()] += sums[1];
            }
        }
        return out;
    }

    /** What the plan releases besides the weights. */
    Map<Metric, Double> metrics() {
        return tally.released();
    }

    /** Moves the weights by the sum, divided by the plan's normaliser. */
    void update() {
        descent.move(weights, sum);
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
