package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.sentry.contract.PublicField;
import ai.coreason.enclave.sentry.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One tensor of a safetensors resource as its owner describes it. The first side is the number of examples and is free.
 *
 * @param dtype the elements' type
 * @param exampleShape the sides of one example
 * @param minimum least element
 * @param maximum greatest element
 */
public record TensorSchema(DType dtype, List<Long> exampleShape, OptionalDouble minimum, OptionalDouble maximum) {
    private static final long MAX_SIDE = 1L << 31;
    private static final int MAX_SIDES = 8;

    /** Copies the shape. */
    public TensorSchema {
        exampleShape = List.copyOf(exampleShape);
    }

    /** What of it is public. */
    PublicField published(String name) {
        return new PublicField(
                name, dtype.name(), exampleShape, List.of(), minimum, maximum, Optional.empty(), List.of());
    }

    static TensorSchema read(JsonFields f) {
        DType dtype = f.constant("dtype", DType.class);
        List<Long> shape = f.list("shape", "an array that begins with null", (v, at) -> {
            boolean first = at.endsWith("[0]");
            boolean side = v.isIntegralNumber() && v.canConvertToLong() && v.longValue() >= 1;
            if (first != v.isNull() || (!first && !(side && v.longValue() <= MAX_SIDE))) {
                throw InvalidDocument.at(
                        at, first ? "null: the number of examples is free" : "a side >= 1", JsonFields.describe(v));
            }
            return first ? 0L : v.longValue();
        });
        if (shape.isEmpty() || shape.size() > MAX_SIDES) {
            throw InvalidDocument.at(f.at("shape"), "null and at most 7 sides", shape.size() + " sides");
        }
        TensorSchema schema = new TensorSchema(
                dtype,
                shape.subList(1, shape.size()),
                f.optionalNumber("minimum", Range.finite()),
                f.optionalNumber("maximum", Range.finite()));
        f.end();
        return schema;
    }
}
