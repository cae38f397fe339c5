package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one column or tensor means, by a site's dictionary: nothing of it was taken from records.
 *
 * @param name the column's or tensor's name
 * @param type the column's type, or the tensor's dtype
 * @param shape the sides of a tensor's example; empty for a column
 * @param values the only values allowed, texts or numbers, in the dictionary's order; empty where any is
 * @param minimum least number
 * @param maximum greatest number
 * @param unit what it is measured in
 * @param missing numbers that mean a missing value here and that nothing else in the dictionary excludes, in ascending order
 */
public record PublicField(
        String name,
        String type,
        List<Long> shape,
        List<Object> values,
        OptionalDouble minimum,
        OptionalDouble maximum,
        Optional<String> unit,
        List<Double> missing) {
    private static final int MAX_NAME = 256;
    private static final int MAX_VALUES = 10_000;
    private static final int MAX_UNIT = 64;
    private static final int MAX_SIDES = 8;

    /** Copies the lists. */
    public PublicField {
        shape = List.copyOf(shape);
        values = List.copyOf(values);
        missing = List.copyOf(missing);
    }

    /** Whether a text can be a field's unit: 1 to 64 characters, none of them a control character. */
    public static boolean isUnit(String text) {
        return !text.isBlank() && text.length() <= MAX_UNIT && text.chars().noneMatch(Character::isISOControl);
    }

    /** Reads fields that differ in their name alone. */
    static List<PublicField> read(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        List<String> names = f.list("names", "an array of names", (v, at) -> {
            if (!v.isTextual() || v.textValue().isBlank() || v.textValue().length() > MAX_NAME) {
                throw InvalidDocument.at(at, "a name of 1 to " + MAX_NAME + " characters", JsonFields.describe(v));
            }
            return v.textValue();
        });
        PublicField first = new PublicField(
                "",
                f.text("type", JsonFields.IDENTIFIER, JsonFields::isIdentifier),
                f.has("shape") ? f.wholes("shape", 1, Integer.MAX_VALUE) : List.of(),
                f.has("enum") ? f.list("enum", "an array of texts or numbers", PublicField::value) : List.of(),
                f.optionalNumber("minimum", Range.finite()),
                f.optionalNumber("maximum", Range.finite()),
                f.has("unit")
                        ? Optional.of(f.text("unit", "1 to " + MAX_UNIT + " characters", PublicField::isUnit))
                        : Optional.empty(),
                f.has("missing") ? f.list("missing", "an array of numbers", PublicField::number) : List.of());
        f.end();
        if (first.shape.size() > MAX_SIDES || first.values.size() > MAX_VALUES || first.missing.size() > MAX_VALUES) {
            throw InvalidDocument.at(path, "at most " + MAX_SIDES + " sides and " + MAX_VALUES + " values", "more");
        }
        return names.stream().map(first::named).toList();
    }

    /** The same under another name. */
    PublicField named(String other) {
        return new PublicField(other, type, shape, values, minimum, maximum, unit, missing);
    }

    private static Object value(JsonNode v, String at) {
        if (v.isTextual()) {
            return v.textValue();
        }
        return number(v, at, "a text or a finite number");
    }

    private static Double number(JsonNode v, String at) {
        return number(v, at, "a finite number");
    }

    private static Double number(JsonNode v, String at, String expected) {
        if (v.isNumber() && Double.isFinite(v.doubleValue())) {
            return v.doubleValue();
        }
        throw InvalidDocument.at(at, expected, JsonFields.describe(v));
    }

    /** This field and others that differ in their name alone. */
    ObjectNode json(List<String> names) {
        ObjectNode out = Json.object();
        ArrayNode array = out.putArray("names");
        names.forEach(array::add);
        out.put("type", type);
        if (!shape.isEmpty()) {
            ArrayNode sides = out.putArray("shape");
            shape.forEach(sides::add);
        }
        if (!values.isEmpty()) {
            ArrayNode list = out.putArray("enum");
            values.forEach(v -> {
                if (v instanceof Double number) {
                    list.add(number);
                } else {
                    list.add((String) v);
                }
            });
        }
        minimum.ifPresent(v -> out.put("minimum", v));
        maximum.ifPresent(v -> out.put("maximum", v));
        unit.ifPresent(u -> out.put("unit", u));
        if (!missing.isEmpty()) {
            ArrayNode list = out.putArray("missing");
            missing.forEach(list::add);
        }
        return out;
    }
}
