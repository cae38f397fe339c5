package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.util.Arrays;
import java.util.Optional;

/**
 * The examples that a node trains on: inputs and labels, row-major. The arrays are not copied and must not change.
 * {@code toString} shows nothing of them.
 */
public final class Examples {
    private final Shape shape;
    private final float[] x;
    private final float[] targets;
    private final long[] classes;
    private final int count;
    private final Optional<Units> units;

    private Examples(Shape shape, float[] x, float[] targets, long[] classes, Optional<Units> units) {
        this.shape = shape;
        this.units = units;
        this.x = x;
        this.targets = targets;
        this.classes = classes;
        if (x.length % shape.size() != 0) {
            throw new IllegalArgumentException(
                    "x: expected a multiple of " + shape.size() + " values of shape " + shape + ", got " + x.length);
        }
        this.count = (int) (x.length / shape.size());
    }

    /**
     * Examples with numbers to predict, for the losses {@code bce_with_logits} and {@code mse}.
     *
     * @param exampleShape the shape of one example's input
     * @param x count times that shape; whole numbers where the model takes tokens
     * @param y count times the shape of the model's output
     */
    public static Examples of(long[] exampleShape, float[] x, float[] y) {
        return new Examples(Shape.of(exampleShape), x, y, null, Optional.empty());
    }

    /**
     * Examples with a class to predict, for the loss {@code cross_entropy}.
     *
     * @param exampleShape the shape of one example's input
     * @param x count times that shape; whole numbers where the model takes tokens
     * @param y count class indices, from 0
     */
    public static Examples of(long[] exampleShape, float[] x, long[] y) {
        return new Examples(Shape.of(exampleShape), x, null, y, Optional.empty());
    }

    /**
     * The same examples, grouped by privacy unit, such as a patient: a step samples units, the loss of a unit is the mean
     * over at most {@code maxRecords} of its examples, and its gradient is clipped once, whatever the number.
     *
     * @param unitOfExample for each example the number of its unit; any numbers from 0, equal ones are one unit
     * @param maxRecords most examples of one unit in one step, at least 1; a public constant of the dataset. A unit with more
     *     enters each step with others, drawn at random
     * @throws IllegalArgumentException if there is not one unit for each example
     */
    public Examples byUnit(int[] unitOfExample, int maxRecords) {
        if (unitOfExample.length != count) {
            throw new IllegalArgumentException(
                    "unit: expected one number for each example, got another number of them");
        }
        return new Examples(shape, x, targets, classes, Optional.of(new Units(unitOfExample, maxRecords)));
    }

    /** The number of privacy units among the examples: as secret as {@link #count()}. */
    public int units() {
        return units.map(Units::count).orElse(count);
    }

    /** Most examples of one unit in one step; 1 where each example is a unit. */
    int maxRecords() {
        return units.map(Units::maxRecords).orElse(1);
    }

    /** The indices of the examples with which each of some units enters a step. */
    long[][] records(long[] drawn, RandomBits bits) {
        return Arrays.stream(drawn)
                .mapToObj(u -> units.map(g -> g.records((int) u, bits)).orElseGet(() -> new long[] {u}))
                .toArray(long[][]::new);
    }

    /** The number of examples: a secret of the node, unless its owner declared it. */
    public int count() {
        return count;
    }

    float[] x() {
        return x;
    }

    Optional<float[]> targets() {
        return Optional.ofNullable(targets);
    }

    Optional<long[]> classes() {
        return Optional.ofNullable(classes);
    }

    /**
     * Checks that a model which takes whole numbers has a row for each.
     *
     * @throws IllegalArgumentException saying what is expected, without a value of an example
     */
    static void requireTokens(ModelGraph graph, float[] x) {
        long tokens = graph.tokens().orElse(Long.MAX_VALUE);
        if (tokens == Long.MAX_VALUE) {
            return;
        }
        for (float v : x) {
            if (!(v >= 0 && v < tokens && v == Math.rint(v))) {
                throw new IllegalArgumentException(
                        "x: expected whole numbers in [0, " + tokens + "), as num_embeddings says, got another");
            }
        }
    }

    /**
     * Checks that a model can be trained on these examples.
     *
     * @throws IllegalArgumentException saying what does not fit, without a value of an example
     */
    void requireFit(ModelGraph graph) {
        if (!shape.equals(graph.input().shape())) {
            throw new IllegalArgumentException(
                    "x: expected examples of shape " + graph.input().shape() + ", got " + shape);
        }
        requireTokens(graph, x);
        boolean wantsClasses = graph.loss() == LossKind.CROSS_ENTROPY;
        long outputs = Shape.of(graph.outputShape()).size();
        long expected = wantsClasses ? count : count * outputs;
        if (wantsClasses != (classes != null) || (wantsClasses ? classes.length : targets.length) != expected) {
            throw new IllegalArgumentException("y: expected " + (wantsClasses ? "one class" : outputs + " numbers")
                    + " for each example for " + graph.loss().wire() + ", got another kind or number");
        }
        if (wantsClasses && Arrays.stream(classes).anyMatch(c -> c < 0 || c >= outputs)) {
            throw new IllegalArgumentException("y: expected every class in [0, " + outputs + "), got another");
        }
    }
}
