package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.StatedBounds;
import ai.coreason.enclave.sentry.data.schema.Constraints;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.FieldType;
import ai.coreason.enclave.sentry.data.schema.Levels;
import ai.coreason.enclave.sentry.data.schema.Lookalike;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A column as a job asks for it and as its owner declared it, and what an encoding may need of both.
 *
 * @param asked by the job
 * @param column the place in the schema
 * @param field as declared
 * @param path where the job asks, for errors
 */
record AskedColumn(EncodedField asked, int column, Field field, String path) {
    /**
     * Finds the column.
     *
     * @throws InvalidDocument if there is none, or none that any encoding takes, or the job's bounds leave nothing of it
     */
    static AskedColumn of(EncodedField asked, String path, TableSchema schema) {
        int column = schema.column(asked.field())
                .orElseThrow(() -> InvalidDocument.at(
                        path + ".field", "a field of the local schema" + lookalike(asked, schema), asked.field()));
        AskedColumn found = new AskedColumn(asked, column, schema.fields().get(column), path);
        if (found.field.type() == FieldType.OPAQUE) {
            throw found.lacks("a type of number, integer, boolean or string");
        }
        Constraints c = found.field.constraints();
        requireCommonNumbers(asked, c.minimum(), c.maximum(), path);
        return found;
    }

    private static String lookalike(EncodedField asked, TableSchema schema) {
        List<String> names = schema.fields().stream().map(Field::name).toList();
        return Lookalike.of(asked.field(), names)
                .map(l -> ", which has one that looks the same, but " + l.words())
                .orElse("");
    }

    /** Refuses a job's own bounds beyond which all numbers lie that a schema allows. */
    static void requireCommonNumbers(EncodedField asked, OptionalDouble least, OptionalDouble most, String path) {
        StatedBounds bounds = asked.encode().bounds();
        if (bounds.flatten(least, most)) {
            throw InvalidDocument.at(
                    path + ".minimum",
                    "bounds that have numbers in common with those of the local schema of " + asked.field(),
                    bounds.minimum().getAsDouble() + " to " + bounds.maximum().getAsDouble());
        }
    }

    /** The job's own bounds, else the schema's. */
    NumberRange range() {
        StatedBounds stated = asked.encode().bounds();
        Constraints c = field.constraints();
        OptionalDouble least = stated.stated() ? stated.minimum() : c.minimum();
        OptionalDouble most = stated.stated() ? stated.maximum() : c.maximum();
        if (least.isEmpty() || most.isEmpty()) {
            throw lacks("a minimum and a maximum");
        }
        if (least.getAsDouble() >= most.getAsDouble()) {
            throw lacks("a minimum less than its maximum");
        }
        return new NumberRange(least.getAsDouble(), most.getAsDouble());
    }

    /** The values in their order. */
    Levels levels() {
        Levels levels = Levels.of(asked, field, path);
        if (levels.size() == 0) {
            throw lacks("an enum");
        }
        return levels;
    }

    /** Whether its values are known by an order, as texts are and whatever the job itself orders. */
    boolean orderedTexts() {
        return field.type().text() || !asked.encode().order().isEmpty();
    }

    void requireNumber() {
        if (field.type().text()) {
            throw lacks("a type of number, integer or boolean");
        }
    }

    InvalidDocument lacks(String what) {
        return InvalidDocument.at(
                path + ".encode", "the local schema of " + field.name() + " to have " + what, "a schema without");
    }

    /** That the job's order has no place for a value that the schema allows. */
    InvalidDocument misses() {
        return InvalidDocument.at(
                path + ".order",
                "all values of the enum that the local schema of " + field.name() + " has to have",
                "others");
    }
}
