package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.plan.PlanRanges;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One field of a dataset and how it is encoded. Every parameter is public and costs no privacy.
 *
 * @param field the column's, or the tensor's, name
 * @param encode how it becomes numbers
 * @param mean subtracted by {@code standardise}; 0 otherwise
 * @param std divisor of {@code standardise}, &gt; 0; 1 otherwise
 * @param scale factor of {@code tensor}, &gt; 0; 1 otherwise
 * @param order the values of {@code one_hot}, {@code class} or {@code binary} in their order, texts, numbers or truth
 *     values, none twice; empty where each site's dictionary says it
 * @param minimum what lesser numbers of {@code identity}, {@code standardise} and {@code min_max} are taken for; empty
 *     where each site's dictionary says it
 * @param maximum what greater numbers are taken for; there if and only if the minimum is, and greater
 */
public record EncodedField(
        String field,
        Encoding encode,
        double mean,
        double std,
        double scale,
        List<JsonNode> order,
        OptionalDouble minimum,
        OptionalDouble maximum) {
    private static final int MAX_NAME = 256;
    private static final int MAX_ORDER = 10_000;
    private static final int MAX_TEXT = 256;

    /** Copies the list. */
    public EncodedField {
        order = List.copyOf(order);
    }

    /** A field whose order and bounds are those of the sites' dictionaries. */
    public EncodedField(String field, Encoding encode, double mean, double std, double scale) {
        this(field, encode, mean, std, scale, List.of(), OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** Whether the job states bounds of its own and they hold every number between a site's. */
    public boolean covers(OptionalDouble least, OptionalDouble most) {
        return minimum.isPresent()
                && least.isPresent()
                && most.isPresent()
                && minimum.getAsDouble() <= least.getAsDouble()
                && most.getAsDouble() <= maximum.getAsDouble();
    }

    /** Whether the job states bounds of its own that make one number of all that lie between a site's. */
    public boolean flattens(OptionalDouble least, OptionalDouble most) {
        return minimum.isPresent()
                && !covers(least, most)
                && (least.orElse(-Double.MAX_VALUE) >= maximum.getAsDouble()
                        || most.orElse(Double.MAX_VALUE) <= minimum.getAsDouble());
    }

    /** Whether a number lies beyond the job's own bounds, so that it is taken for one of them. */
    public boolean beyond(double v) {
        return v < minimum.orElse(-Double.MAX_VALUE) || v > maximum.orElse(Double.MAX_VALUE);
    }

    /**
     * The values of a site's enum that the job's own order leaves out, in the site's order. Texts for truth values are a
     * site's own words, which it alone can judge: they leave nothing out.
     */
    public List<Object> leftOut(PublicField site) {
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
        return read(f, Encoding.FEATURE);
    }

    static EncodedField readLabel(JsonFields f) {
        return read(f, Encoding.LABEL);
    }

    private static EncodedField read(JsonFields f, Set<Encoding> allowed) {
        String field = f.text(
                "field",
                "a name of 1 to " + MAX_NAME + " characters",
                s -> !s.isBlank() && s.length() <= MAX_NAME && s.chars().noneMatch(Character::isISOControl));
        Encoding encode = Encoding.read(f, "encode", allowed);
        boolean standardise = encode == Encoding.STANDARDISE;
        boolean bounded = Encoding.BOUNDED.contains(encode) && (f.has("minimum") || f.has("maximum"));
        EncodedField read = new EncodedField(
                field,
                encode,
                standardise ? f.number("mean", Range.finite()) : 0,
                standardise ? f.number("std", Formats.positiveFloat()) : 1,
                encode == Encoding.TENSOR ? f.number("scale", PlanRanges.SCALE, 1) : 1,
                Encoding.ORDERED.contains(encode) && f.has("order") ? readOrder(f) : List.of(),
                bounded ? OptionalDouble.of(f.number("minimum", Range.finite())) : OptionalDouble.empty(),
                bounded ? OptionalDouble.of(f.number("maximum", Range.finite())) : OptionalDouble.empty());
        f.end();
        if (bounded && read.minimum.getAsDouble() >= read.maximum.getAsDouble()) {
            throw InvalidDocument.at(f.at("minimum"), "less than the maximum", read.minimum.getAsDouble());
        }
        return read;
    }

    private static List<JsonNode> readOrder(JsonFields f) {
        List<JsonNode> order = f.list("order", "an array of values", (v, at) -> {
            if (!(v.isNumber()
                    || v.isBoolean()
                    || v.isTextual() && v.textValue().length() <= MAX_TEXT)) {
                throw InvalidDocument.at(
                        at, "a number, true, false or at most " + MAX_TEXT + " characters", JsonFields.describe(v));
            }
            return v;
        });
        if (order.isEmpty() || order.size() > MAX_ORDER) {
            throw InvalidDocument.at(f.at("order"), "1 to " + MAX_ORDER + " values", order.size());
        }
        if (new HashSet<>(order).size() != order.size()) {
            throw InvalidDocument.at(f.at("order"), "every value once", "one twice");
        }
        return order;
    }
}
