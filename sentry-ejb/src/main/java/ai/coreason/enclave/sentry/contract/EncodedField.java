package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One field of a dataset and how it is encoded.
 *
 * @param field the column's, or the tensor's, name
 * @param encode how it becomes numbers
 */
public record EncodedField(String field, EncodingSpec encode) {
    private static final int MAX_NAME = 256;

    /**
     * The values of a site's enum that the job's own order leaves out, in the site's order. Texts for truth values are a
     * site's own words, which it alone can judge: they leave nothing out.
     */
    public List<Object> leftOut(PublicField site) {
        List<JsonNode> order = encode.order();
        boolean truth = site.type().equals("boolean");
        if (order.isEmpty() || truth && order.stream().anyMatch(JsonNode::isTextual)) {
            return List.of();
        }
        List<Object> left = new ArrayList<>(site.values());
        order.forEach(v -> {
            left.remove(v.textValue());
            left.remove(v.isBoolean() ? (Double) (truth ? v.booleanValue() ? 1.0 : 0.0 : Double.NaN) : number(v));
        });
        return left;
    }

    /** The number that a value states, by itself or as a text; not a number where it states none. */
    private static Double number(JsonNode v) {
        try {
            return 0.0 + (v.isNumber() ? v.doubleValue() : Double.parseDouble(v.asText()));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    static EncodedField readFeature(JsonFields f) {
        return read(f, EncodingSpec::readFeature);
    }

    static EncodedField readLabel(JsonFields f) {
        return read(f, EncodingSpec::readLabel);
    }

    private static EncodedField read(JsonFields f, Function<JsonFields, EncodingSpec> encode) {
        String field = f.text(
                "field",
                "a name of 1 to " + MAX_NAME + " characters",
                s -> !s.isBlank() && s.length() <= MAX_NAME && s.chars().noneMatch(Character::isISOControl));
        EncodedField read = new EncodedField(field, encode.apply(f));
        f.end();
        return read;
    }
}
