package ai.coreason.enclave.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * The members of one JSON object, read strictly: each read checks type and range and names the field by its full path,
 * and {@link #end()} refuses whatever was not read. Not thread-safe; one instance reads one object once.
 *
 * <pre>{@code
 * JsonFields f = JsonFields.of(node, "privacy");
 * double clip = f.number("max_grad_norm", Range.positive());
 * f.end();
 * }</pre>
 */
public final class JsonFields {
    /** An interval of finite numbers and the words that describe it in an error. */
    public record Range(double min, boolean minOpen, double max, boolean maxOpen, String words) {
        /** Finite and greater than 0. */
        public static Range positive() {
            return new Range(0, true, Double.MAX_VALUE, false, "a finite number > 0");
        }

        /** Finite and at least 0. */
        public static Range nonNegative() {
            return new Range(0, false, Double.MAX_VALUE, false, "a finite number >= 0");
        }

        /** In (0, 1). */
        public static Range openUnit() {
            return new Range(0, true, 1, true, "a number in (0, 1)");
        }

        /** In (0, 1]. */
        public static Range rate() {
            return new Range(0, true, 1, false, "a number in (0, 1]");
        }

        /** Any finite number. */
        public static Range finite() {
            return new Range(-Double.MAX_VALUE, false, Double.MAX_VALUE, false, "a finite number");
        }

        /** In [min, max]. */
        public static Range closed(double min, double max) {
            return new Range(min, false, max, false, "a number in [" + min + ", " + max + "]");
        }

        /** Whether the value lies in the interval; never for NaN. */
        public boolean holds(double v) {
            return (minOpen ? v > min : v >= min) && (maxOpen ? v < max : v <= max);
        }
    }

    /** What an identifier is, in words. */
    public static final String IDENTIFIER = "1 to 64 of A-Z a-z 0-9 _ . -";

    private static final Pattern IDENTIFIER_PATTERN = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final ObjectNode node;
    private final String path;
    private final Set<String> read = new HashSet<>();

    private JsonFields(ObjectNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /**
     * Begins reading an object.
     *
     * @param path where it stands in the document; empty for the document itself
     * @throws InvalidDocument if the node is not an object
     */
    public static JsonFields of(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            return new JsonFields(object, path);
        }
        throw InvalidDocument.at(path, "an object", describe(node));
    }

    /** The full path of a member, for errors; a name that is long or does not print is shown cut. */
    public String at(String name) {
        String shown = InvalidDocument.shown(name);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    /** Whether the member is there and not null; counts as read. */
    public boolean has(String name) {
        read.add(name);
        JsonNode v = node.get(name);
        return v != null && !v.isNull();
    }

    /** Whether the member is there and null, where that means something else than being left out; counts as read. */
    public boolean isNull(String name) {
        return !has(name) && node.has(name);
    }

    /** A member that must be there, whatever its type. */
    public JsonNode any(String name, String expected) {
        if (!has(name)) {
            throw InvalidDocument.at(at(name), expected, "nothing");
        }
        return node.get(name);
    }

    /** A non-empty string. */
    public String text(String name) {
        return text(name, "a non-empty string", s -> !s.isBlank());
    }

    /** A string of one line that a check accepts: it may end in a log or on a terminal, so nothing in it may control these. */
    public String text(String name, String expected, java.util.function.Predicate<String> check) {
        String text = block(name, expected, check);
        if (text.codePoints().anyMatch(JsonFields::controls)) {
            throw InvalidDocument.at(at(name), expected + ", without control characters", describe(node.get(name)));
        }
        return text;
    }

    /** A string that a check accepts, of any whole characters: PEM, or what separates columns. It is not for logs or terminals. */
    public String block(String name, String expected, java.util.function.Predicate<String> check) {
        JsonNode v = any(name, expected);
        if (!v.isTextual() || !check.test(v.textValue())) {
            throw InvalidDocument.at(at(name), expected, describe(v));
        }
        return whole(v.textValue(), at(name), expected);
    }

    /** A text that UTF-8 can encode: half a surrogate pair is no character, and each reader makes another one of it. */
    private static String whole(String text, String at, String expected) {
        if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw InvalidDocument.at(at, expected + ", without half surrogate pairs", text);
        }
        return text;
    }

    /** Whether a character ends a line, moves a cursor, or turns the direction of what follows. */
    private static boolean controls(int c) {
        boolean turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        return turns
                || Character.getType(c) == Character.CONTROL
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
    }

    /** A text that {@link #isIdentifier(String)}. */
    public String identifier(String name) {
        return text(name, IDENTIFIER, JsonFields::isIdentifier);
    }

    /** Whether a text can name a node, an owner, a dataset or a field's file: 1 to 64 of A-Z a-z 0-9 _ . -, not dots alone. */
    public static boolean isIdentifier(String text) {
        return IDENTIFIER_PATTERN.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    /** An optional string. */
    public Optional<String> optionalText(String name) {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    /** A constant of an enum, by its exact name. */
    public <E extends Enum<E>> E constant(String name, Class<E> type) {
        String expected = "one of " + String.join(", ", names(type));
        String value = text(name, expected, s -> names(type).contains(s));
        return Enum.valueOf(type, value);
    }

    /** A constant of an enum, or a default when left out. */
    public <E extends Enum<E>> E constant(String name, Class<E> type, E otherwise) {
        return has(name) ? constant(name, type) : otherwise;
    }

    /** A number in a range. */
    public double number(String name, Range range) {
        JsonNode v = any(name, range.words());
        if (!v.isNumber() || !range.holds(v.doubleValue())) {
            throw InvalidDocument.at(at(name), range.words(), describe(v));
        }
        return v.doubleValue();
    }

    /** A number in a range, or a default when left out. */
    public double number(String name, Range range, double otherwise) {
        return has(name) ? number(name, range) : otherwise;
    }

    /** An optional number in a range. */
    public OptionalDouble optionalNumber(String name, Range range) {
        return has(name) ? OptionalDouble.of(number(name, range)) : OptionalDouble.empty();
    }

    /** A whole number in [min, max]. */
    public long whole(String name, long min, long max) {
        String expected = "a whole number in [" + min + ", " + max + "]";
        return whole(any(name, expected), at(name), min, max);
    }

    /** A whole number in [min, max], or a default when left out. */
    public long whole(String name, long min, long max, long otherwise) {
        return has(name) ? whole(name, min, max) : otherwise;
    }

    /** A boolean, or a default when left out. */
    public boolean flag(String name, boolean otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        JsonNode v = node.get(name);
        if (!v.isBoolean()) {
            throw InvalidDocument.at(at(name), "true or false", describe(v));
        }
        return v.booleanValue();
    }

    /** An object that must be there. */
    public JsonFields object(String name) {
        return of(any(name, "an object"), at(name));
    }

    /** An optional object. */
    public Optional<JsonFields> optionalObject(String name) {
        return has(name) ? Optional.of(object(name)) : Optional.empty();
    }

    /** An array whose elements are read one by one with their path. */
    public <T> List<T> list(String name, String expected, BiFunction<JsonNode, String, T> element) {
        JsonNode v = any(name, expected);
        if (!v.isArray()) {
            throw InvalidDocument.at(at(name), expected, describe(v));
        }
        List<T> out = new ArrayList<>(v.size());
        for (int i = 0; i < v.size(); i++) {
            out.add(element.apply(v.get(i), at(name) + "[" + i + "]"));
        }
        return List.copyOf(out);
    }

    /** An array of objects. */
    public List<JsonFields> objects(String name) {
        return list(name, "an array of objects", JsonFields::of);
    }

    /** An array of non-empty strings. */
    public List<String> texts(String name) {
        return list(name, "an array of strings", (v, at) -> {
            if (!v.isTextual() || v.textValue().isBlank()) {
                throw InvalidDocument.at(at, "a non-empty string", describe(v));
            }
            return whole(v.textValue(), at, "a non-empty string");
        });
    }

    /** An array of whole numbers in [min, max]. */
    public List<Long> wholes(String name, long min, long max) {
        return list(name, "an array of whole numbers in [" + min + ", " + max + "]", (v, at) -> whole(v, at, min, max));
    }

    /** The members not read so far, for objects with free names; they count as read. */
    public Map<String, JsonNode> rest() {
        Map<String, JsonNode> rest = new LinkedHashMap<>();
        node.properties().forEach(e -> {
            if (read.add(e.getKey())) {
                rest.put(e.getKey(), e.getValue());
            }
        });
        return rest;
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidDocument naming the first member that nothing asked for
     */
    public void end() {
        for (String name : (Iterable<String>) node::fieldNames) {
            if (!read.contains(name)) {
                throw InvalidDocument.unknown(at(name));
            }
        }
    }

    /** What a node is, for an error: its text if it is a scalar, else its kind. */
    public static String describe(JsonNode v) {
        if (v == null || v.isMissingNode()) {
            return "nothing";
        }
        if (v.isContainerNode()) {
            return v.isArray() ? "an array" : "an object";
        }
        return v.isTextual() ? '"' + v.textValue() + '"' : v.asText();
    }

    private static long whole(JsonNode v, String at, long min, long max) {
        boolean whole = v.isIntegralNumber() && v.canConvertToLong();
        if (!whole || v.longValue() < min || v.longValue() > max) {
            throw InvalidDocument.at(at, "a whole number in [" + min + ", " + max + "]", describe(v));
        }
        return v.longValue();
    }

    private static <E extends Enum<E>> List<String> names(Class<E> type) {
        return java.util.Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
    }
}
