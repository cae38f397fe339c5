package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.PathNotFoundException;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSONPath from a record, {@code $.resource}, or from the resources of one type of its patient,
 * {@code $.patient.Condition[*]}. Immutable and thread-safe.
 *
 * <p>Of JSONPath it takes members, {@code [n]}, {@code [*]} and filters {@code [?(...)]} of comparisons; a filter may
 * compare with the record by {@code $.resource}. Refused is what could run long (regular expressions, descendants, filters
 * within filters), what changes the document (functions), and what the library answers surprisingly: that a path with
 * {@code *} exists is true of an empty array. Source: RFC 9535, as Jayway JsonPath reads it.
 */
public final class FhirPath {
    private static final int MAX_LENGTH = 500;
    /** The library's normal form of what is taken. */
    private static final Pattern TAKEN =
            Pattern.compile("\\$\\['(?:resource'\\]|patient'\\]\\['([A-Z][A-Za-z]{0,63}+)'\\]"
                    + "(?=\\[[?*\\d-]))(?:\\['\\w++'\\]|\\[\\*\\]|\\[\\?\\]|\\[-?\\d++\\])*+");
    /** The normal form leaves out what stands in filters. */
    private static final Pattern REFUSED = Pattern.compile(
            "=~|\\.\\.|append|.\\$(?!\\.resource\\b)" + "|@[^\\s=<>!&|]*[*:,][^\\s=<>!&|]*\\s*(?:\\)|&&|\\|\\|)");

    private static final Configuration AS_LIST = Configuration.builder()
            .jsonProvider(new JacksonJsonNodeJsonProvider())
            .mappingProvider(new JacksonMappingProvider())
            .options(Option.ALWAYS_RETURN_LIST)
            .build();

    private final JsonPath path;
    private final Optional<String> type;
    private final boolean readsTheRecord;

    private FhirPath(JsonPath path, Optional<String> type, boolean readsTheRecord) {
        this.path = path;
        this.type = type;
        this.readsTheRecord = readsTheRecord;
    }

    /**
     * Reads a path.
     *
     * @param at where it stands, for errors
     * @throws InvalidDocument if it is none, or none of those that are taken
     */
    static FhirPath of(String text, String at) {
        if (text.length() > MAX_LENGTH) {
            throw InvalidDocument.at(at, "at most " + MAX_LENGTH + " characters", text.length());
        }
        JsonPath path = compile(text).orElseThrow(() -> InvalidDocument.at(at, "a well-formed JSONPath", text));
        Matcher taken = TAKEN.matcher(path.getPath());
        boolean filtersApart = count(text, "?") == count(path.getPath(), "[?]");
        if (!text.startsWith("$")
                || !taken.matches()
                || !filtersApart
                || REFUSED.matcher(text).find()) {
            throw InvalidDocument.at(
                    at,
                    "$.resource... or $.patient.Type[...] of members, [n], [*] and filters of comparisons, without"
                            + " descendants, regular expressions, functions, filters in filters and tests that * exists",
                    text);
        }
        boolean readsTheRecord = taken.group(1) == null || text.indexOf('$', 1) >= 0;
        return new FhirPath(path, Optional.ofNullable(taken.group(1)), readsTheRecord);
    }

    /** The type of the patient's resources that it reads; empty where it reads the record alone. */
    public Optional<String> type() {
        return type;
    }

    /** Whether what it leads to depends on the record, and not on its patient alone. */
    public boolean readsTheRecord() {
        return readsTheRecord;
    }

    /**
     * What it leads to in a document, without nulls.
     *
     * @return empty where the document is not of the path's form, such as a filter over a text
     */
    public Optional<List<JsonNode>> values(JsonNode document) {
        List<JsonNode> values = new ArrayList<>();
        try {
            JsonNode found = path.read((Object) document, AS_LIST);
            found.forEach(values::add);
        } catch (PathNotFoundException nowhere) {
            return Optional.of(List.of());
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // what the library says of it repeats values
            return Optional.empty();
        }
        values.removeIf(JsonNode::isNull);
        return Optional.of(values);
    }

    /** The library takes a bracket that is not closed for the path's end, and throws of many kinds. */
    private static Optional<JsonPath> compile(String text) {
        if (count(text, "[") != count(text, "]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonPath.compile(text));
        } catch (RuntimeException | StackOverflowError unforeseen) {
            return Optional.empty();
        }
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }

    @Override
    public String toString() {
        return path.getPath();
    }
}
