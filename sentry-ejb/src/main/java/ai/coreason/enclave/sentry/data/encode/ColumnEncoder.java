package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.data.schema.Constraints;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.FieldType;
import ai.coreason.enclave.sentry.data.schema.Levels;
import ai.coreason.enclave.sentry.data.schema.Lookalike;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * Turns one column of a record into numbers by a rule that only the job and the schema decide, so that nothing of the
 * data goes into it. It has a number for every value: one beyond the bounds becomes the bound, and one that is missing, or
 * that the job's order leaves out, becomes zeros, so that no job learns of a record by whether it is taken. Immutable and
 * thread-safe.
 *
 * @param column the column's place in the schema
 * @param name its name
 * @param width how many numbers it becomes
 * @param values how many different values it may have; 0 where it is no matter of places among values
 * @param oneHot whether all of them are 0 but the one at {@code value}
 * @param value the number it becomes
 */
public record ColumnEncoder(
        int column, String name, int width, int values, boolean oneHot, ToDoubleFunction<Row> value) {
    private record Bounds(double least, double most) {
        /** Where a number lies between the bounds, in [0, 1]; halved, as their distance may be beyond a double. */
        double of(double v) {
            return Math.max(0, Math.min(1, (v / 2 - least / 2) / (most / 2 - least / 2)));
        }
    }

    /**
     * The encoder that a job asks for.
     *
     * @param path where the job asks, for errors
     * @throws InvalidDocument if the schema lacks the column, or neither says what the encoding needs
     */
    public static ColumnEncoder of(EncodedField asked, String path, TableSchema schema) {
        int column = schema.column(asked.field())
                .orElseThrow(() -> InvalidDocument.at(
                        path + ".field", "a field of the local schema" + lookalike(asked, schema), asked.field()));
        Field field = schema.fields().get(column);
        if (field.type() == FieldType.OPAQUE) {
            throw lacks(path, field, "a type of number, integer, boolean or string");
        }
        Constraints c = field.constraints();
        requireCommonNumbers(asked, c.minimum(), c.maximum(), path);
        return switch (asked.encode()) {
            case IDENTITY -> number(column, field, path, within(asked));
            case STANDARDISE ->
                number(column, field, path, within(asked).andThen(v -> (v - asked.mean()) / asked.std()));
            case MIN_MAX -> {
                requireNumber(field, path);
                yield number(column, field, path, bounds(asked, field, path)::of);
            }
            case ONE_HOT -> {
                Levels levels = levels(asked, field, path);
                if (!levels.coverAny(field)) {
                    throw others(field, path);
                }
                yield new ColumnEncoder(
                        column, field.name(), levels.size(), levels.size(), true, row -> levels.place(row, column));
            }
            case CLASS -> place(column, field, path, levels(asked, field, path));
            case BINARY -> binary(asked, column, field, path);
            case TENSOR ->
                throw InvalidDocument.at(path + ".encode", "an encoding of a column: the data is a table", "tensor");
        };
    }

    /**
     * Writes the column's numbers, all within float32's range. What it writes of a value that breaks the schema means
     * nothing.
     *
     * @param out where they go; zeros
     * @param at the place of the first
     * @return false where there is a value and all its numbers are zeros, as it has no place among the others
     */
    public boolean write(Row row, float[] out, int at) {
        if (row.missing(column)) {
            return true;
        }
        double v = value.applyAsDouble(row);
        if (!oneHot) {
            out[at] = saturated(v);
        } else if (v >= 0) {
            out[at + (int) v] = 1;
        }
        return !oneHot || v >= 0;
    }

    /** The nearest number of float32 that is finite; 0 for what is no number. */
    public static float saturated(double v) {
        return Double.isNaN(v) ? 0 : (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, v));
    }

    /** Takes a number for the nearest within the job's own bounds, if it states any. */
    private static DoubleUnaryOperator within(EncodedField asked) {
        double least = asked.minimum().orElse(-Double.MAX_VALUE);
        double most = asked.maximum().orElse(Double.MAX_VALUE);
        return v -> Math.max(least, Math.min(most, v));
    }

    private static String lookalike(EncodedField asked, TableSchema schema) {
        List<String> names = schema.fields().stream().map(Field::name).toList();
        return Lookalike.of(asked.field(), names)
                .map(l -> ", which has one that looks the same, but " + l.words())
                .orElse("");
    }

    private static Bounds bounds(EncodedField asked, Field field, String path) {
        boolean byJob = asked.minimum().isPresent();
        Constraints c = field.constraints();
        OptionalDouble least = byJob ? asked.minimum() : c.minimum();
        OptionalDouble most = byJob ? asked.maximum() : c.maximum();
        if (least.isEmpty() || most.isEmpty()) {
            throw lacks(path, field, "a minimum and a maximum");
        }
        if (least.getAsDouble() >= most.getAsDouble()) {
            throw lacks(path, field, "a minimum less than its maximum");
        }
        return new Bounds(least.getAsDouble(), most.getAsDouble());
    }

    private static Levels levels(EncodedField asked, Field field, String path) {
        Levels levels = Levels.of(asked, field, path);
        if (levels.size() == 0) {
            throw lacks(path, field, "an enum");
        }
        return levels;
    }

    /** A place among values; each value that the schema allows must have one, as there is no number for another. */
    private static ColumnEncoder place(int column, Field field, String path, Levels levels) {
        if (!levels.cover(field)) {
            throw others(field, path);
        }
        return new ColumnEncoder(column, field.name(), 1, levels.size(), false, row -> levels.place(row, column));
    }

    private static InvalidDocument others(Field field, String path) {
        return InvalidDocument.at(
                path + ".order",
                "all values of the enum that the local schema of " + field.name() + " has to have",
                "others");
    }

    /**
     * Refuses a job's own bounds beyond which all numbers lie that a schema allows.
     *
     * @param path where the job asks
     */
    public static void requireCommonNumbers(
            EncodedField asked, OptionalDouble least, OptionalDouble most, String path) {
        if (asked.flattens(least, most)) {
            throw InvalidDocument.at(
                    path + ".minimum",
                    "bounds that have numbers in common with those of the local schema of " + asked.field(),
                    asked.minimum().getAsDouble() + " to " + asked.maximum().getAsDouble());
        }
    }

    /** 0 or 1 as they stand, or the place among two values. */
    private static ColumnEncoder binary(EncodedField asked, int column, Field field, String path) {
        Constraints c = field.constraints();
        if (field.type().text() || !asked.order().isEmpty()) {
            Levels levels = Levels.of(asked, field, path);
            if (levels.size() != 2) {
                throw lacks(path, field, "an enum of two values");
            }
            return place(column, field, path, levels);
        }
        boolean byEnum = !c.numbers().isEmpty() && List.of(0.0, 1.0).containsAll(c.numbers());
        boolean byBounds = field.type() == FieldType.INTEGER
                && c.minimum().orElse(-1) >= 0
                && c.maximum().orElse(2) <= 1;
        if (field.type() != FieldType.BOOLEAN && !byEnum && !byBounds) {
            throw lacks(path, field, "the enum [0, 1]");
        }
        return number(column, field, path, v -> v);
    }

    private static ColumnEncoder number(int column, Field field, String path, DoubleUnaryOperator rule) {
        requireNumber(field, path);
        return new ColumnEncoder(column, field.name(), 1, 0, false, row -> rule.applyAsDouble(row.number(column)));
    }

    private static void requireNumber(Field field, String path) {
        if (field.type().text()) {
            throw lacks(path, field, "a type of number, integer or boolean");
        }
    }

    private static InvalidDocument lacks(String path, Field field, String what) {
        return InvalidDocument.at(
                path + ".encode", "the local schema of " + field.name() + " to have " + what, "a schema without");
    }
}
