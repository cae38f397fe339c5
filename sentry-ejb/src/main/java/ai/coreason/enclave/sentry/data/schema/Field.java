package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.PublicField;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One column of a table as its owner describes it (Frictionless Table Schema).
 *
 * @param name the column's name
 * @param type what its values are
 * @param trueValues texts that mean true
 * @param falseValues texts that mean false
 * @param unit what its values are measured in, as a text that all sites of a job have alike
 * @param constraints what its values must obey
 */
public record Field(
        String name,
        FieldType type,
        List<String> trueValues,
        List<String> falseValues,
        Optional<String> unit,
        Constraints constraints) {
    private static final int MAX_NAME = 256;

    /** Members that only describe. */
    private static final List<String> COMMENTARY =
            List.of("title", "description", "example", "examples", "rdfType", "$comment");

    /** Copies the lists. */
    public Field {
        trueValues = List.copyOf(trueValues);
        falseValues = List.copyOf(falseValues);
    }

    /**
     * Reads a field. Members that only describe, such as {@code title}, are passed over; every other that is not
     * understood is refused.
     */
    static Field read(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        String name = f.text(
                "name",
                "a name of 1 to " + MAX_NAME + " characters",
                s -> !s.isBlank() && s.length() <= MAX_NAME && s.chars().noneMatch(Character::isISOControl));
        FieldType type = readType(f);
        requireDefaults(f, type);
        List<String> yes = truth(f, type, "trueValues", List.of("true", "True", "TRUE", "1"));
        List<String> no = truth(f, type, "falseValues", List.of("false", "False", "FALSE", "0"));
        if (type == FieldType.BOOLEAN && !Collections.disjoint(yes, no)) {
            throw InvalidDocument.at(f.at("falseValues"), "no text of trueValues", "one of both");
        }
        Optional<String> unit = f.has("unit")
                ? Optional.of(f.text("unit", "1 to 64 printable characters", PublicField::isUnit))
                : Optional.empty();
        Field bare = new Field(name, type, yes, no, unit, Constraints.NONE);
        Constraints constraints = f.optionalObject("constraints")
                .map(c -> Constraints.read(c, bare))
                .orElse(Constraints.NONE);
        COMMENTARY.forEach(f::has);
        f.end();
        return new Field(name, type, yes, no, unit, constraints);
    }

    private static FieldType readType(JsonFields f) {
        if (!f.has("type")) {
            return FieldType.STRING;
        }
        String text = f.text("type");
        for (FieldType type : FieldType.values()) {
            if (type != FieldType.OPAQUE && type.wire().equals(text)) {
                return type;
            }
        }
        if (FieldType.OPAQUE_TYPES.contains(text)) {
            return FieldType.OPAQUE;
        }
        throw InvalidDocument.at(f.at("type"), "one of number, integer, string, boolean", '"' + text + '"');
    }

    private static List<String> truth(JsonFields f, FieldType type, String name, List<String> otherwise) {
        return type == FieldType.BOOLEAN && f.has(name) ? f.texts(name) : otherwise;
    }

    private static void requireDefaults(JsonFields f, FieldType type) {
        if (f.has("missingValues")) {
            throw InvalidDocument.notAllowed(f.at("missingValues"), "here: it stands beside the fields");
        }
        if (f.has("format") && type != FieldType.OPAQUE) {
            f.text("format", "default", "default"::equals);
        }
        boolean number = type == FieldType.NUMBER || type == FieldType.INTEGER;
        if (number && f.has("decimalChar")) {
            f.text("decimalChar", "a point", "."::equals);
        }
        if (number && f.has("groupChar")) {
            f.text("groupChar", "an empty text", String::isEmpty);
        }
        if (number && !f.flag("bareNumber", true)) {
            throw InvalidDocument.at(f.at("bareNumber"), "true", "false");
        }
    }

    /**
     * Whether a text is a value by what is declared beside its type: of the enum, between the bounds, or a truth value. Where
     * it also means that a value is missing, all such values would be lost without a word.
     */
    boolean declares(String text) {
        double number = number(text);
        return switch (type) {
            case STRING, OPAQUE -> constraints.texts().contains(text);
            case BOOLEAN -> !Double.isNaN(number);
            case NUMBER, INTEGER -> !constraints.anyNumber() && !Double.isNaN(number) && constraints.allows(number);
        };
    }

    /**
     * What of it is public.
     *
     * @param missingValues texts that mean that a value is missing
     */
    PublicField published(Collection<String> missingValues) {
        List<Double> missing = missingValues.stream()
                .map(this::number)
                .filter(v -> constraints.anyNumber() && !v.isNaN())
                .map(v -> v == 0 ? 0.0 : v)
                .distinct()
                .sorted()
                .toList();
        return new PublicField(
                name,
                type.wire(),
                List.of(),
                List.copyOf(type.text() ? constraints.texts() : constraints.numbers()),
                constraints.minimum(),
                constraints.maximum(),
                unit,
                missing);
    }

    /** A column of texts of which nothing more is said. */
    public static Field text(String name) {
        return new Field(name, FieldType.STRING, List.of(), List.of(), Optional.empty(), Constraints.NONE);
    }

    /**
     * What a JSON value means in this column: a text for a column of texts, else a number, with truth values as 1 and 0.
     * Numbers and truth values may also stand as texts of the column.
     *
     * @return empty where it means none
     */
    Optional<Object> logical(JsonNode value) {
        if (type.text()) {
            return Optional.ofNullable(value.textValue());
        }
        double number = value.isNumber()
                ? value.doubleValue()
                : value.isBoolean() && type == FieldType.BOOLEAN
                        ? (value.booleanValue() ? 1 : 0)
                        : value.isTextual() ? number(value.textValue()) : Double.NaN;
        boolean truth = type != FieldType.BOOLEAN || number == 0 || number == 1;
        return Double.isFinite(number) && truth ? Optional.of(number == 0 ? 0.0 : number) : Optional.empty();
    }

    /** What a text states in numbers, by the field's type; NaN where it is not of that type, and for text. */
    double number(String text) {
        return switch (type) {
            case NUMBER -> FieldType.decimal(text);
            case INTEGER -> FieldType.whole(text);
            case BOOLEAN -> trueValues.contains(text) ? 1 : falseValues.contains(text) ? 0 : Double.NaN;
            case STRING, OPAQUE -> Double.NaN;
        };
    }

    /** Counts what a present value breaks. */
    void check(String text, double number, Findings.Tally tally) {
        if (type.text()) {
            constraints.checkText(name, text, tally);
        } else if (Double.isNaN(number)) {
            tally.violation(name, Rule.TYPE);
            type.hint(text).ifPresent(why -> tally.note(name + ": " + why));
        } else {
            constraints.checkNumber(name, number, tally);
        }
    }
}
