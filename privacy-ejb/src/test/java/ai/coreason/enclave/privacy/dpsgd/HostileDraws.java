package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Weights, records and labels as somebody would choose them who wants to get past the clipping: from the smallest to the
 * largest numbers of single precision, cancelling one another, saturating, each kind beside ordinary ones.
 */
final class HostileDraws {
    private final SplittableRandom random;

    HostileDraws(long seed) {
        this.random = new SplittableRandom(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Of either sign, its logarithm uniform between those of the smallest and the largest float. */
    private float any() {
        return magnitude(-149, 128);
    }

    private float magnitude(double least, double most) {
        double value = Math.pow(2, least + random.nextDouble() * (most - least));
        return (float) (random.nextBoolean() ? value : -value);
    }

    /** One of a list, in which what is there more often comes more often. */
    private int of(int... kinds) {
        return kinds[below(kinds.length)];
    }

    /**
     * Kinds: 0 as new models have them; 1 moved; 2 tiny in one layer and huge in the next, which makes up for it; 3 any;
     * 4 cancelling; 5 moderate magnitudes; 6 any among new ones; 7 another kind for each parameter.
     */
    Weights weights(ModelGraph graph) {
        Weights initial = Initializer.initial(graph, random::nextLong);
        Map<String, float[]> out = new HashMap<>();
        int kind = of(0, 1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 5, 6, 7, 7, 8, 8, 8);
        double scale = below(3) > 0 ? random.nextDouble(62, 82) : random.nextDouble(0, 120);
        boolean tiny = below(3) > 0;
        for (ParameterSpec spec : graph.parameters()) {
            float[] values = initial.get(spec.name());
            int own = kind == 7 ? of(0, 1, 2, 4, 5) : kind == 8 ? out.isEmpty() ? 4 : 0 : kind;
            if (own == 2) {
                boolean weight = spec.shape().size() > 1;
                if (!weight || below(3) == 0) {
                    own = 0;
                } else {
                    scale(values, (tiny ? -scale : scale) + random.nextDouble(-10, 10));
                    tiny = !tiny;
                }
            }
            fill(values, own);
            out.put(spec.name(), values);
        }
        return Weights.of(graph, out);
    }

    private static void scale(float[] values, double exponent) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * Math.pow(2, exponent));
        }
    }

    private void fill(float[] values, int kind) {
        float pair = magnitude(-20, 60);
        int run = of(1, 1, 1, 1, 2, 3, 4, 6);
        boolean exactly = random.nextBoolean();
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (kind) {
                case 1 -> values[i] + (float) random.nextDouble(-1, 1);
                case 3 -> any();
                case 4 -> (i / run % 2 == 0 ? pair : -pair) * (exactly || random.nextInt(4) > 0 ? 1 : 1 + 0x1p-20f);
                case 5 -> magnitude(-15, 15);
                case 6 -> random.nextInt(9) == 0 ? any() : values[i];
                default -> values[i];
            };
        }
    }

    Examples examples(ModelGraph graph, int count) {
        long[] shape = graph.input().shape().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
        int size = Math.toIntExact(graph.input().shape().size());
        float[] x = new float[count * size];
        for (int e = 0; e < count; e++) {
            if (graph.input().type() == ElementType.INT64) {
                tokens(x, e * size, size, graph.tokens().orElseThrow());
            } else {
                record(x, e * size, size, Math.toIntExact(graph.input().shape().extent(-1)));
            }
        }
        int outputs = Math.toIntExact(Shape.of(graph.outputShape()).size());
        if (graph.loss() == LossKind.CROSS_ENTROPY) {
            return Examples.of(shape, x, random.longs(count, 0, outputs).toArray());
        }
        float[] y = new float[count * outputs];
        boolean wild = graph.loss() == LossKind.MSE && random.nextBoolean();
        for (int i = 0; i < y.length; i++) {
            y[i] = wild ? any() : random.nextInt(2);
        }
        return Examples.of(shape, x, y);
    }

    private void tokens(float[] x, int from, int size, long tokens) {
        boolean one = random.nextBoolean();
        long same = random.nextLong(tokens);
        for (int i = 0; i < size; i++) {
            x[from + i] = one ? same : random.nextLong(tokens);
        }
    }

    /**
     * Kinds: 0 zeros; 1 any; 2 one number; 3 large ones of two signs; 4 the largest; 5 any among ordinary ones; 6 positions that
     * cancel; 7 neighbours that are equal; 8 tiny; 9 ordinary.
     */
    private void record(float[] x, int from, int size, int width) {
        int kind = of(0, 1, 2, 3, 4, 5, 6, 6, 6, 7, 7, 7, 8, 9, 9, 9, 9, 9);
        float one = magnitude(-149, 128);
        double most = Math.pow(2, of(0, 0, 10, 24, 40, 62));
        for (int i = 0; i < size; i++) {
            float ordinary = (float) random.nextDouble(-2, 2);
            x[from + i] = switch (kind) {
                case 0 -> 0;
                case 1 -> any();
                case 2 -> one;
                case 3 -> (i / width % 2 == 0 ? one : -one) * (i % width == 0 ? 1 + 0x1p-23f : 1);
                case 4 -> i % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE;
                case 5 -> random.nextInt(9) == 0 ? any() : ordinary;
                case 6 -> (float) (ordinary * most);
                case 7 -> i % 2 == 0 ? (float) (ordinary * most) : x[from + i - 1];
                case 8 -> magnitude(-149, -60);
                default -> ordinary;
            };
        }
        if (kind == 6) {
            cancel(x, from, size, width);
        }
    }

    /** Makes the last position what the sum of the others lacks to 0. */
    private static void cancel(float[] x, int from, int size, int width) {
        for (int f = 0; f < width; f++) {
            double sum = 0;
            for (int i = f; i < size - width; i += width) {
                sum += x[from + i];
            }
            x[from + size - width + f] = size == width ? x[from + f] : (float) -sum;
        }
    }
}
