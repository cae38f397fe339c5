package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.sentry.contract.EncodedField;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Turns one column of a record into numbers by a rule that only the job and the schema decide, so that nothing of the
 * data goes into it. Immutable and thread-safe.
 *
 * @param column the column's place in the schema
 * @param name its name
 * @param width how many numbers it becomes
 * @param oneHot whether all of them are 0 but the one at {@code value}
 * @param value the number it becomes
 */
public record ColumnEncoder(int column, String name, int width, boolean oneHot, ToDoubleFunction<Row> value) {
    /**
     * The encoder that a job asks for.
     *
     * @param path where the job asks, for errors
     * @throws InvalidDocument if the schema lacks the column, or does not say what the encoding needs
     */
    public static ColumnEncoder of(EncodedField asked, String path, TableSchema schema) {
        int column = schema.column(asked.field())
                .orElseThrow(() -> InvalidDocument.at(path + ".field", "a field of the local schema", asked.field()));
        Field field = schema.fields().get(column);
        Constraints c = field.constraints();
        return switch (asked.encode()) {
            case IDENTITY -> {
                requireNumber(field, path);
                yield one(column, field, row -> row.number(column));
            }
            case STANDARDISE -> {
                requireNumber(field, path);
                yield one(column, field, row -> (row.number(column) - asked.mean()) / asked.std());
            }
            case MIN_MAX -> {
                requireNumber(field, path);
                double least = c.minimum().orElseThrow(() -> lacks(path, field, "a minimum and a maximum"));
                double most = c.maximum().orElseThrow(() -> lacks(path, field, "a minimum and a maximum"));
                if (least == most) {
                    throw lacks(path, field, "a minimum less than its maximum");
                }
                yield one(column, field, row -> (row.number(column) - least) / (most - least));
            }
            case ONE_HOT -> {
                requireEnum(field, path);
                yield new ColumnEncoder(column, field.name(), c.enumSize(), true, row -> row.enumIndex(column));
            }
            case CLASS -> {
                requireEnum(field, path);
                yield one(column, field, row -> row.enumIndex(column));
            }
            case BINARY -> binary(column, field, path);
            case TENSOR ->
                throw InvalidDocument.at(path + ".encode", "an encoding of a column: the data is a table", "tensor");
        };
    }

    /**
     * Writes the column's numbers. What it writes of a value that is missing or breaks the schema means nothing.
     *
     * @param out where they go; zeros
     * @param at the place of the first
     * @return whether all are within float32's range
     */
    public boolean write(Row row, float[] out, int at) {
        double v = value.applyAsDouble(row);
        if (!oneHot) {
            out[at] = (float) v;
            return Float.isFinite(out[at]);
        }
        if (v >= 0) {
            out[at + (int) v] = 1;
        }
        return true;
    }

    /** 0 or 1 as they stand, or the place of a text in an enum of two. */
    private static ColumnEncoder binary(int column, Field field, String path) {
        Constraints c = field.constraints();
        if (field.type() == FieldType.STRING) {
            if (c.enumSize() != 2) {
                throw lacks(path, field, "an enum of two values");
            }
            return one(column, field, row -> row.enumIndex(column));
        }
        boolean byEnum = !c.numbers().isEmpty() && List.of(0.0, 1.0).containsAll(c.numbers());
        boolean byBounds = field.type() == FieldType.INTEGER
                && c.minimum().orElse(-1) >= 0
                && c.maximum().orElse(2) <= 1;
        if (field.type() != FieldType.BOOLEAN && !byEnum && !byBounds) {
            throw lacks(path, field, "the enum [0, 1]");
        }
        return one(column, field, row -> row.number(column));
    }

    private static ColumnEncoder one(int column, Field field, ToDoubleFunction<Row> value) {
        return new ColumnEncoder(column, field.name(), 1, false, value);
    }

    private static void requireNumber(Field field, String path) {
        if (field.type() == FieldType.STRING) {
            throw lacks(path, field, "a type of number, integer or boolean");
        }
    }

    private static void requireEnum(Field field, String path) {
        if (field.constraints().enumSize() == 0) {
            throw lacks(path, field, "an enum");
        }
    }

    private static InvalidDocument lacks(String path, Field field, String what) {
        return InvalidDocument.at(
                path + ".encode", "the local schema of " + field.name() + " to have " + what, "a schema without");
    }
}
