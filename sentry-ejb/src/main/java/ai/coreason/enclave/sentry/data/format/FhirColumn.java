package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.data.schema.Cells;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.FieldType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * How one column of a table gets its values from FHIR resources.
 *
 * @param path where they stand
 * @param take what becomes of them
 */
public record FhirColumn(FhirPath path, Take take) {
    /** What becomes of the values that a path leads to. Wire names are lower case. */
    enum Take {
        /** The first one. */
        FIRST,
        /** The last one. */
        LAST,
        /** How many there are. */
        COUNT,
        /** Whether there is one. */
        EXISTS;

        static Take read(JsonFields f, Field field) {
            if (!f.has("take")) {
                return FIRST;
            }
            Take take = switch (f.text("take")) {
                case "first" -> FIRST;
                case "last" -> LAST;
                case "count" -> COUNT;
                case "exists" -> EXISTS;
                default -> throw InvalidDocument.at(f.at("take"), "one of first, last, count, exists", f.text("take"));
            };
            boolean number = field.type().numeric();
            if (take == COUNT && !number || take == EXISTS && !number && field.type() != FieldType.BOOLEAN) {
                throw InvalidDocument.at(
                        f.at("take"),
                        "first or last for a field of this type",
                        field.type().wire());
            }
            return take;
        }
    }

    /** Reads a path alone, or {@code {path, take}}. */
    static FhirColumn read(JsonNode json, String at, Field field) {
        if (json.isTextual()) {
            return new FhirColumn(FhirPath.of(json.textValue(), at), Take.FIRST);
        }
        JsonFields f = JsonFields.of(json, at);
        FhirColumn column = new FhirColumn(FhirPath.of(f.text("path"), f.at("path")), Take.read(f, field));
        f.end();
        return column;
    }

    /** Puts the column's value of a record, of what the path leads to, into its cell. */
    public void fill(Cells cells, int column, Field field, Optional<List<JsonNode>> found) {
        if (found.isEmpty()) {
            cells.wrongType(column);
            return;
        }
        List<JsonNode> values = found.get();
        switch (take) {
            case COUNT -> cells.set(column, (long) values.size());
            case EXISTS -> exists(cells, column, field, !values.isEmpty());
            case FIRST -> value(cells, column, field.type(), values.isEmpty() ? null : values.get(0));
            case LAST -> value(cells, column, field.type(), values.isEmpty() ? null : values.get(values.size() - 1));
        }
    }

    private static void exists(Cells cells, int column, Field field, boolean exists) {
        if (field.type() == FieldType.BOOLEAN) {
            cells.set(column, exists);
        } else {
            cells.set(column, exists ? 1L : 0L);
        }
    }

    private static void value(Cells cells, int column, FieldType type, JsonNode value) {
        if (value == null) {
            cells.missing(column);
        } else if (type == FieldType.BOOLEAN && value.isBoolean()) {
            cells.set(column, value.booleanValue());
        } else if (type.numeric() && value.isIntegralNumber() && value.canConvertToLong()) {
            cells.set(column, value.longValue());
        } else if (type.numeric() && value.isFloatingPointNumber()) {
            cells.set(column, value.doubleValue());
        } else if (value.isValueNode()) {
            cells.set(column, value.asText());
        } else {
            cells.wrongType(column);
        }
    }
}
