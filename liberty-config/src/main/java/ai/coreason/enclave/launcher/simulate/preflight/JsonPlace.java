package ai.coreason.enclave.launcher.simulate.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a JSON document, by a path as errors name it: {@code dataset.features[2].encode}. Pure. */
final class JsonPlace {
    private static final Pattern ELEMENT = Pattern.compile(".*\\[(\\d{1,9})][^\\[]*");
    private static final Pattern LAST_INDEX = Pattern.compile("(.*)\\[(\\d{1,9})]");

    private JsonPlace() {}

    /** The place that holds this one; empty for a member of the document. */
    static String parent(String path) {
        Matcher element = LAST_INDEX.matcher(path);
        if (element.matches()) {
            return element.group(1);
        }
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    /** Whether a place is another, or within it. */
    static boolean within(String path, String outer) {
        return path.startsWith(outer)
                && (path.length() == outer.length() || ".[".indexOf(path.charAt(outer.length())) >= 0);
    }

    /** The last index in a path; 0 where there is none. */
    static int index(String path) {
        Matcher element = ELEMENT.matcher(path);
        return element.matches() ? Integer.parseInt(element.group(1)) : 0;
    }

    /** The path with all indices left out: {@code dataset.features[].encode}. */
    static String pattern(String path) {
        return path.replaceAll("\\[\\d+]", "[]");
    }

    /**
     * A copy of a document with another value at a place.
     *
     * @param value null to take away what stands there
     * @return empty where the place cannot be reached, or there is nothing to take away
     */
    static Optional<JsonNode> with(JsonNode document, String path, JsonNode value) {
        JsonNode copy = document.deepCopy();
        Optional<JsonNode> holder = find(copy, parent(path));
        Matcher element = LAST_INDEX.matcher(path);
        boolean done = false;
        if (element.matches() && holder.orElse(null) instanceof ArrayNode array) {
            int index = Integer.parseInt(element.group(2));
            done = index < array.size() && (value == null ? array.remove(index) : array.set(index, value)) != null;
        } else if (!element.matches() && holder.orElse(null) instanceof ObjectNode object) {
            String name = path.substring(path.lastIndexOf('.') + 1);
            done = value != null || object.has(name);
            object.remove(name);
            if (value != null) {
                object.set(name, value);
            }
        }
        return done ? Optional.of(copy) : Optional.empty();
    }

    private static Optional<JsonNode> find(JsonNode document, String path) {
        if (path.isEmpty()) {
            return Optional.of(document);
        }
        Matcher element = LAST_INDEX.matcher(path);
        return find(document, parent(path))
                .map(holder -> element.matches()
                        ? holder.get(Integer.parseInt(element.group(2)))
                        : holder.get(path.substring(path.lastIndexOf('.') + 1)));
    }
}
