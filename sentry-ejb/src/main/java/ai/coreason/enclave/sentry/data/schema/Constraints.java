package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the values of one column must obey. Numbers and truth values are compared as doubles, texts as they stand.
 *
 * @param required whether no value may be missing
 * @param unique whether no value may appear twice
 * @param minimum least number
 * @param maximum greatest number
 * @param minLength least length of a text, in UTF-16 units
 * @param maxLength greatest length of a text
 * @param numbers the only numbers allowed, in the schema's order; empty where any is, and for texts
 * @param texts the only texts allowed, in the schema's order; empty where any is, and for numbers
 */
public record Constraints(
        boolean required,
        boolean unique,
        OptionalDouble minimum,
        OptionalDouble maximum,
        long minLength,
        long maxLength,
        List<Double> numbers,
        List<String> texts) {
    /** No constraint at all. */
    static final Constraints NONE = new Constraints(
            false, false, OptionalDouble.empty(), OptionalDouble.empty(), 0, Integer.MAX_VALUE, List.of(), List.of());

    private static final int MAX_ENUM = 10_000;

    /** Copies the lists. */
    public Constraints {
        numbers = List.copyOf(numbers);
        texts = List.copyOf(texts);
    }

    /** Reads constraints; one that is not understood is refused, because it would go unchecked. */
    static Constraints read(JsonFields f, Field field) {
        boolean text = field.type().text();
        List<JsonNode> values = f.has("enum") ? readEnum(f) : List.of();
        Constraints read = new Constraints(
                f.flag("required", false),
                f.flag("unique", false),
                text ? OptionalDouble.empty() : f.optionalNumber("minimum", Range.finite()),
                text ? OptionalDouble.empty() : f.optionalNumber("maximum", Range.finite()),
                text ? f.whole("minLength", 0, Integer.MAX_VALUE, 0) : 0,
                text ? f.whole("maxLength", 0, Integer.MAX_VALUE, Integer.MAX_VALUE) : Integer.MAX_VALUE,
                text ? List.of() : numbers(values, field, f.at("enum")),
                text ? texts(values, f.at("enum")) : List.of());
        f.end();
        if (read.minimum.orElse(-Double.MAX_VALUE) > read.maximum.orElse(Double.MAX_VALUE)) {
            throw InvalidDocument.at(f.at("minimum"), "at most the maximum", read.minimum.getAsDouble());
        }
        return read;
    }

    private static List<JsonNode> readEnum(JsonFields f) {
        List<JsonNode> values = f.list("enum", "an array of values", (v, at) -> v);
        if (values.isEmpty() || values.size() > MAX_ENUM) {
            throw InvalidDocument.at(f.at("enum"), "1 to " + MAX_ENUM + " values", values.size());
        }
        return values;
    }

    private static List<Double> numbers(List<JsonNode> values, Field field, String path) {
        List<Double> out = values.stream()
                .map(v -> (Double) field.logical(v)
                        .orElseThrow(() -> InvalidDocument.at(
                                path, "values of type " + field.type().wire(), JsonFields.describe(v))))
                .toList();
        return requireDistinct(out, path);
    }

    private static List<String> texts(List<JsonNode> values, String path) {
        if (values.stream().anyMatch(v -> !v.isTextual())) {
            throw InvalidDocument.at(path, "texts", "another type");
        }
        return requireDistinct(values.stream().map(JsonNode::textValue).toList(), path);
    }

    private static <T> List<T> requireDistinct(List<T> values, String path) {
        if (new HashSet<>(values).size() != values.size()) {
            throw InvalidDocument.at(path, "every value once", "one twice");
        }
        return values;
    }

    /** Where a value stands in the enum, from 0; -1 where it does not. */
    int enumIndex(String text, double number) {
        if (!texts.isEmpty()) {
            return texts.indexOf(text);
        }
        return numbers.indexOf(number == 0 ? 0.0 : number);
    }

    /** Whether any number is allowed. */
    boolean anyNumber() {
        return minimum.isEmpty() && maximum.isEmpty() && numbers.isEmpty();
    }

    /** Whether a number is. */
    boolean allows(double number) {
        return number >= minimum.orElse(-Double.MAX_VALUE)
                && number <= maximum.orElse(Double.MAX_VALUE)
                && (numbers.isEmpty() || enumIndex("", number) >= 0);
    }

    void checkText(String column, String text, Findings.Tally tally) {
        if (text.length() < minLength || text.length() > maxLength) {
            tally.violation(column, Rule.LENGTH);
        }
        if (!texts.isEmpty() && !texts.contains(text)) {
            tally.violation(column, Rule.ENUM);
            Lookalike.of(text, texts)
                    .ifPresent(how -> tally.note(column + ": values look like declared ones, but " + how.words()));
        }
    }

    void checkNumber(String column, double number, Findings.Tally tally) {
        if (minimum.isPresent() && number < minimum.getAsDouble()) {
            tally.violation(column, Rule.MINIMUM);
        }
        if (maximum.isPresent() && number > maximum.getAsDouble()) {
            tally.violation(column, Rule.MAXIMUM);
        }
        if (!numbers.isEmpty() && enumIndex("", number) < 0) {
            tally.violation(column, Rule.ENUM);
        }
    }
}
