package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.ref.SoftReference;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Units and weights drawn from a fixed seed, and what a program computes for them: each unit's squared norm, and the loss and
 * hit of each of its examples. They belong to nobody, so the seed protects nothing.
 */
final class TrialUnits implements CallSizes.Check {
    private static final long SEED = 0x636f7265_61736f6eL;

    private final CompiledGraph graph;
    private SoftReference<float[]> weights = new SoftReference<>(null);

    TrialUnits(CompiledGraph graph) {
        this.graph = graph;
    }

    @Override
    public double[] results(int[] units, int width) {
        UnitCalls.Call call = new UnitCalls.Call(examplesOf(units, width), width, units.length);
        try (NDManager manager = graph.newManager()) {
            NDList data = data(manager, CallSizes.DRAWN * width);
            NDArray sum = manager.zeros(new Shape(graph.layout().trainable()), DataType.FLOAT32);
            NDArray rule = manager.create(new double[] {1, 1, 1, 0, 1});
            DropoutMasks masks = graph.masks(new byte[KeyStream.KEY_BYTES]);
            double[] norms = graph.clippedSum(manager, call, data, sum, rule, masks);
            double[] scores = graph.scores(manager, call.index(), data);
            return perUnit(norms, scores, width);
        }
    }

    private static long[][] examplesOf(int[] units, int width) {
        long[][] out = new long[units.length][width];
        for (int u = 0; u < units.length; u++) {
            for (int i = 0; i < width; i++) {
                out[u][i] = (long) units[u] * width + i;
            }
        }
        return out;
    }

    /** From norms [units] and scores [2, units * width] to [units, 1 + 2 * width]. */
    private static double[] perUnit(double[] norms, double[] scores, int width) {
        int each = 1 + 2 * width;
        double[] out = new double[norms.length * each];
        for (int u = 0; u < norms.length; u++) {
            out[u * each] = norms[u];
            System.arraycopy(scores, u * width, out, u * each + 1, width);
            System.arraycopy(scores, (norms.length + u) * width, out, u * each + 1 + width, width);
        }
        return out;
    }

    /** Examples, labels and weights. */
    private NDList data(NDManager manager, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        ModelGraph model = graph.graph();
        float[] x = new float[Math.toIntExact(count * model.input().shape().size())];
        boolean tokens = model.input().type() == ElementType.INT64;
        long bound = model.tokens().orElse(2);
        for (int i = 0; i < x.length; i++) {
            x[i] = tokens ? random.nextLong(bound) : (float) (random.nextDouble() * 4 - 2);
        }
        NDArray labels = labels(manager, count, random);
        return new NDList(
                manager.create(x, graph.inputs(count)),
                labels,
                manager.create(weights(), new Shape(graph.layout().size())));
    }

    private NDArray labels(NDManager manager, int count, SplittableRandom random) {
        Shape shape = graph.outputs(count);
        if (graph.graph().loss() == LossKind.CROSS_ENTROPY) {
            return manager.create(random.longs(count, 0, shape.size() / count).toArray(), new Shape(count));
        }
        float[] y = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < y.length; i++) {
            y[i] = random.nextInt(2);
        }
        return manager.create(y, shape);
    }

    /** As models begin, each element changed by up to a factor e, so that none is 0 or 1 by its kind. */
    private float[] weights() {
        float[] known = weights.get();
        if (known == null) {
            known = drawnWeights();
            weights = new SoftReference<>(known);
        }
        return known;
    }

    private float[] drawnWeights() {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        ModelGraph model = graph.graph();
        Weights initial = Initializer.initial(model, random::nextLong);
        Map<String, float[]> moved = new HashMap<>();
        for (ParameterSpec spec : model.parameters()) {
            float[] values = initial.get(spec.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((values[i] + 0.01 * random.nextDouble()) * Math.exp(random.nextDouble() * 2 - 1));
            }
            moved.put(spec.name(), values);
        }
        FloatBuffer flat = FloatBuffer.allocate(graph.layout().size());
        graph.layout().write(Weights.of(model, moved), flat);
        return flat.array();
    }
}
