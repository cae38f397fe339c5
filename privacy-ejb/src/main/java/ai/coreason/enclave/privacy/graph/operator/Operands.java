package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;
import java.util.function.Predicate;

/**
 * The values that a node takes, read as an operator needs them; whatever does not fit is refused at the node's
 * {@code in}.
 */
public final class Operands {
    /** Most values that a node takes: as many as a graph has nodes. */
    public static final int MOST = 1000;

    /** The type and shape of one value. */
    public record Value(ElementType type, Shape shape) {}

    private final List<Value> values;
    private final String path;

    public Operands(List<Value> values, String path) {
        this.values = values;
        this.path = path;
    }

    /** The shape of the only operand, a float tensor. */
    Shape one() {
        return one(ElementType.FLOAT32, "any shape", s -> true);
    }

    /** The shape of the only operand, a float tensor of a rank in [min, max]. */
    Shape one(String words, int minRank, int maxRank) {
        return one(ElementType.FLOAT32, words, s -> s.rank() >= minRank && s.rank() <= maxRank);
    }

    /** The shape of the only operand, a tensor of whole numbers. */
    Shape oneOfIndices() {
        return one(ElementType.INT64, "any shape", s -> true);
    }

    /** The shapes of all operands, between {@code min} and {@code max} float tensors. */
    List<Shape> several(int min, int max) {
        if (values.size() < min || values.size() > max) {
            throw InvalidDocument.at(path, min == max ? min + " inputs" : "at least " + min + " inputs", values.size());
        }
        return values.stream()
                .map(v -> fitting(v, ElementType.FLOAT32, "any shape", s -> true))
                .toList();
    }

    private Shape one(ElementType type, String words, Predicate<Shape> fits) {
        if (values.size() != 1) {
            throw InvalidDocument.at(path, "one input", values.size());
        }
        return fitting(values.get(0), type, words, fits);
    }

    private Shape fitting(Value value, ElementType type, String words, Predicate<Shape> fits) {
        if (value.type() != type || !fits.test(value.shape())) {
            throw InvalidDocument.at(
                    path, type.wire() + " of " + words, value.type().wire() + " of " + value.shape());
        }
        return value.shape();
    }

    /**
     * Reads an attribute that repeats what the input's shape says, such as {@code in_features}, and checks that it does.
     */
    static void confirm(JsonFields fields, String attribute, long actual) {
        fields.whole(attribute, actual, actual, actual);
    }
}
