package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.noise.PoissonSampler;
import ai.coreason.enclave.privacy.noise.SecureNoise;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The state of one training: weights, the noised sum of one step, and the examples in native memory. Weights and sum are
 * buffers that Java and libtorch share. Not thread-safe.
 */
final class TrainingRun implements AutoCloseable {
    private final CompiledGraph graph;
    private final TrainingPlan plan;
    private final PoissonSampler sampler;
    private final Examples examples;
    private final RoundingMargin margin;
    private final UnitCalls calls;
    private final NDManager manager;
    private final FloatBuffer weights;
    private final StepSum sum;
    private final Descent descent;
    private final NDList data;
    private final NDArray rule;
    private final MetricTally tally;
    private DropoutMasks masks;

    /** @param callExamples most examples whose gradients are in memory at a time */
    TrainingRun(CompiledGraph graph, Weights base, Examples examples, TrainingPlan plan, int callExamples) {
        this.graph = graph;
        this.plan = plan;
        this.calls = new UnitCalls(graph.sizes(callExamples), graph.maxRecords());
        this.sampler = new PoissonSampler(plan.samplingRate());
        this.examples = examples;
        ParameterLayout layout = graph.layout();
        ByteBuffer weightBytes = SharedMemory.of(layout.size(), Float.BYTES);
        this.weights = weightBytes.asFloatBuffer();
        this.descent = new Descent(plan, layout.trainable());
        layout.write(base, weights);
        this.margin = RoundingMargin.of(graph.positionsOfProducts(), layout.trainable(), plan.clip());
        ClippingRule rule = ClippingRule.of(plan, layout.layers(), margin);
        this.tally = new MetricTally(plan);
        this.masks = graph.masks(new byte[KeyStream.KEY_BYTES]);
        this.manager = graph.newManager();
        this.sum = new StepSum(manager, layout.trainable());
        this.rule = manager.create(rule.numbers());
        this.data = new NDList(
                manager.create(examples.x(), graph.inputs(examples.count())),
                labels(),
                manager.create(weightBytes, new Shape(weights.capacity()), DataType.FLOAT32));
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
        if (masks.size() > 0) {
            masks = graph.masks(keys.dropout(step));
        }
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
        double[] exact = new double[Descent.BLOCK];
        float[] noised = new float[Descent.BLOCK];
        for (int from = 0; from < sum.size(); from += exact.length) {
            int count = Math.min(exact.length, sum.size() - from);
            sum.take(from, exact, count);
            noise.addTo(exact, noised, count, plan.noiseScale());
            descent.move(from, weights, noised, count);
        }
    }

    /** Adds the clipped gradients of single examples to the sum; gives how many were left out. */
    int addClipped(long[] examples) {
        return addClipped(Arrays.stream(examples).mapToObj(e -> new long[] {e}).toArray(long[][]::new));
    }

    /**
     * Adds the clipped gradients of units to the sum, a bounded number of examples at a time (but a unit as a whole); gives
     * how many units were left out, as their gradients are no usable numbers.
     *
     * @param units the indices of each one's examples
     */
    int addClipped(long[][] units) {
        boolean inDouble = margin.inDouble(units.length);
        return calls.of(units, margin.unitsOfCall(units.length)).stream()
                .mapToInt(call -> add(call, inDouble))
                .sum();
    }

    /** Once more without those that have no usable gradient, if there are any, in a call of the same size. */
    private int add(UnitCalls.Call call, boolean inDouble) {
        double[] norms = call(call, sum.target(inDouble));
        long[][] usable = IntStream.range(0, call.units().length)
                .filter(i -> norms[i] <= StepProgram.LARGEST_SQUARED_NORM)
                .mapToObj(i -> call.units()[i])
                .toArray(long[][]::new);
        int left = call.units().length - usable.length;
        return left == 0 || usable.length == 0
                ? left
                : left + add(new UnitCalls.Call(usable, call.width(), call.size()), inDouble);
    }

    private double[] call(UnitCalls.Call call, NDArray target) {
        try (NDManager own = manager.newSubManager()) {
            return graph.clippedSum(own, call, data, target, rule, masks);
        }
    }

    /** Upper bounds of the squared norms of units' gradients, in the units' order. */
    double[] squaredNorms(long[][] units) {
        double[] out = new double[units.length];
        for (int u = 0; u < units.length; u++) {
            UnitCalls.Call call = calls.of(new long[][] {units[u]}, 1).get(0);
            out[u] = call(call, manager.zeros(new Shape(sum.size()), DataType.FLOAT32))[0];
        }
        return out;
    }

    /** The metrics' sums over units before this step's update, a unit's being the mean over its examples. */
    private double[] scores(long[][] units) {
        MetricSum scores = new MetricSum(plan.metrics());
        for (UnitCalls.Call call : calls.of(units, CallSizes.MOST)) {
            try (NDManager own = manager.newSubManager()) {
                scores.add(call, graph.scores(own, call.index(), data));
            }
        }
        return scores.sums();
    }

    /** What the plan releases besides the weights. */
    Map<Metric, Double> metrics() {
        return tally.released();
    }

    /** Moves the weights by the sum, divided by the plan's normaliser. */
    void update() {
        descent.move(weights, sum.floats());
    }

    /** The sum of clipped gradients and noise, laid out as the trainable weights. */
    FloatBuffer sum() {
        return sum.floats();
    }

    /** Takes the sum of clipped gradients as it is before the noise, and leaves zeros. */
    double[] takeSum() {
        double[] out = new double[sum.size()];
        double[] block = new double[Descent.BLOCK];
        for (int from = 0; from < out.length; from += block.length) {
            int count = Math.min(block.length, out.length - from);
            sum.take(from, block, count);
            System.arraycopy(block, 0, out, from, count);
        }
        return out;
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
