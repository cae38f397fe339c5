package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Reason;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The values that a policy allows for one field: those listed, or any; in JSON an array of hex or the word {@code any}.
 * Immutable and thread-safe.
 *
 * @param any whether the field is not judged
 * @param values lower-case hex; an empty list that is not {@code any} allows nothing
 */
public record AllowedValues(boolean any, List<String> values) {
    private static final String ANY = "any";

    /** Sorts the values, without doubles, in lower case. */
    public AllowedValues {
        TreeSet<String> sorted = new TreeSet<>();
        values.forEach(v -> sorted.add(v.toLowerCase(Locale.ROOT)));
        values = List.copyOf(sorted);
    }

    /** Whatever comes. */
    public static AllowedValues anything() {
        return new AllowedValues(true, List.of());
    }

    /** Nothing at all: what a policy that leaves the field out allows. */
    public static AllowedValues nothing() {
        return new AllowedValues(false, List.of());
    }

    /** These values, in hex. */
    public static AllowedValues of(String... values) {
        return new AllowedValues(false, List.of(values));
    }

    /**
     * Reads a member.
     *
     * @param bytes the length of a value
     * @param otherwise what is allowed if the member is left out
     */
    public static AllowedValues read(JsonFields fields, String name, int bytes, AllowedValues otherwise) {
        if (!fields.has(name)) {
            return otherwise;
        }
        String expected = "\"any\" or an array of " + bytes + " bytes each in hex";
        JsonNode node = fields.any(name, expected);
        if (node.isTextual() && node.textValue().equals(ANY)) {
            return anything();
        }
        return new AllowedValues(false, fields.list(name, expected, (v, at) -> {
            if (!v.isTextual() || !v.textValue().matches("[0-9a-fA-F]{" + 2 * bytes + "}")) {
                throw InvalidDocument.at(at, bytes + " bytes in hex", JsonFields.describe(v));
            }
            return v.textValue();
        }));
    }

    /** As {@link #read} reads it. */
    public JsonNode toJson() {
        if (any) {
            return TextNode.valueOf(ANY);
        }
        var array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    /** The rule that a value breaks; empty if it is allowed. */
    public Optional<Reason> judge(String rule, String value) {
        if (any || values.contains(value)) {
            return Optional.empty();
        }
        String expected = switch (values.size()) {
            case 0 -> "an allowed value; the policy has none";
            case 1 -> values.get(0);
            default -> "one of " + values.size() + " allowed values";
        };
        return Optional.of(new Reason(rule, expected, value));
    }
}
