package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.plan.PlanRanges;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How a field becomes numbers that a model takes. Every parameter is public and costs no privacy. */
public sealed interface EncodingSpec {
    /** Its name in a job. */
    String wire();

    /** The bounds that the job itself states. */
    default StatedBounds bounds() {
        return StatedBounds.NONE;
    }

    /**
     * The values in the order that the job itself states, texts, numbers or truth values, none twice; empty where each
     * site's dictionary orders them, or nothing goes by an order.
     */
    default List<JsonNode> order() {
        return List.of();
    }

    /** Whether it goes by the place of a value among others. */
    default boolean ordered() {
        return false;
    }

    /** The number as it is. */
    record Identity(StatedBounds bounds) implements EncodingSpec {
        @Override
        public String wire() {
            return "identity";
        }
    }

    /** To [0, 1] by the job's, or the schema's, minimum and maximum. */
    record MinMax(StatedBounds bounds) implements EncodingSpec {
        @Override
        public String wire() {
            return "min_max";
        }
    }

    /**
     * (v - mean) / std with public mean and std.
     *
     * @param std &gt; 0
     */
    record Standardise(double mean, double std, StatedBounds bounds) implements EncodingSpec {
        @Override
        public String wire() {
            return "standardise";
        }
    }

    /** One 0/1 column for each value of the job's order, or of the schema's enum. */
    record OneHot(List<JsonNode> order) implements EncodingSpec {
        @Override
        public String wire() {
            return "one_hot";
        }

        @Override
        public boolean ordered() {
            return true;
        }
    }

    /** 0 or 1, or the place among two values. */
    record Binary(List<JsonNode> order) implements EncodingSpec {
        @Override
        public String wire() {
            return "binary";
        }

        @Override
        public boolean ordered() {
            return true;
        }
    }

    /** The place in the job's order or the schema's enum, or a tensor's own class index. */
    record ClassIndex(List<JsonNode> order) implements EncodingSpec {
        @Override
        public String wire() {
            return "class";
        }

        @Override
        public boolean ordered() {
            return true;
        }
    }

    /**
     * A tensor's elements.
     *
     * @param scale what they are multiplied by, &gt; 0
     */
    record Elements(double scale) implements EncodingSpec {
        @Override
        public String wire() {
            return "tensor";
        }
    }

    /** Reads a feature's member {@code encode} and those that it has. */
    static EncodingSpec readFeature(JsonFields f) {
        return Catalogue.read(f, Catalogue.FEATURE);
    }

    /** Reads a label's. */
    static EncodingSpec readLabel(JsonFields f) {
        return Catalogue.read(f, Catalogue.LABEL);
    }

    /** What a feature and a label may name. */
    final class Catalogue {
        private static final int MAX_ORDER = 10_000;
        private static final int MAX_TEXT = 256;

        private static final Map<String, Function<JsonFields, EncodingSpec>> FEATURE = new LinkedHashMap<>();
        private static final Map<String, Function<JsonFields, EncodingSpec>> LABEL = new LinkedHashMap<>();

        static {
            FEATURE.put("identity", f -> new Identity(StatedBounds.read(f)));
            FEATURE.put("min_max", f -> new MinMax(StatedBounds.read(f)));
            FEATURE.put(
                    "standardise",
                    f -> new Standardise(
                            f.number("mean", Range.finite()),
                            f.number("std", Formats.positiveFloat()),
                            StatedBounds.read(f)));
            LABEL.putAll(FEATURE);
            FEATURE.put("one_hot", f -> new OneHot(readOrder(f)));
            FEATURE.put("binary", f -> new Binary(readOrder(f)));
            FEATURE.put("tensor", f -> new Elements(f.number("scale", PlanRanges.SCALE, 1)));
            LABEL.put("binary", FEATURE.get("binary"));
            LABEL.put("class", f -> new ClassIndex(readOrder(f)));
        }

        private Catalogue() {}

        private static EncodingSpec read(JsonFields f, Map<String, Function<JsonFields, EncodingSpec>> known) {
            String words = "one of " + String.join(", ", known.keySet());
            return known.get(f.text("encode", words, known::containsKey)).apply(f);
        }

        private static List<JsonNode> readOrder(JsonFields f) {
            if (!f.has("order")) {
                return List.of();
            }
            List<JsonNode> order = f.list("order", "an array of values", (v, at) -> {
                boolean text = v.isTextual() && v.textValue().length() <= MAX_TEXT;
                if (!v.isNumber() && !v.isBoolean() && !text) {
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
            return List.copyOf(order);
        }
    }
}
