package ai.coreason.enclave.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * JSON text and trees: reading with bounds and without duplicate members, writing, the canonical form of RFC 8785 and
 * digests over it. Every document that crosses a boundary is read here. Thread-safe.
 */
public final class Json {
    /** Deepest nesting accepted. */
    public static final int MAX_DEPTH = 64;

    /** Most tokens of a document that comes over a network: a tree takes about a hundred bytes for each. */
    public static final int MAX_FOREIGN_TOKENS = 300_000;

    private static final long ANY_NUMBER = -1;
    private static final JsonMapper MAPPER = mapper(ANY_NUMBER);
    private static final JsonMapper FOREIGN = mapper(MAX_FOREIGN_TOKENS);

    private static JsonMapper mapper(long tokens) {
        return JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(MAX_DEPTH)
                                .maxNumberLength(64)
                                .maxTokenCount(tokens)
                                .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    private Json() {}

    /**
     * Reads one JSON document.
     *
     * @param utf8 the document, UTF-8
     * @throws InvalidDocument if it is not one well-formed JSON document, repeats a member or nests deeper than
     *     {@link #MAX_DEPTH}; the message gives line and column
     */
    public static JsonNode read(byte[] utf8) {
        return read(MAPPER, utf8);
    }

    /**
     * Reads one JSON document that somebody else sent, of at most {@value #MAX_FOREIGN_TOKENS} tokens; see {@link #read(byte[])}.
     *
     * @throws InvalidDocument if it has more, too
     */
    public static JsonNode readForeign(byte[] utf8) {
        return read(FOREIGN, utf8);
    }

    private static JsonNode read(JsonMapper mapper, byte[] utf8) {
        try {
            JsonNode node = mapper.readTree(utf8);
            if (node == null || node.isMissingNode()) {
                throw InvalidDocument.at("", "a JSON document", "nothing");
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw InvalidDocument.at(
                    "",
                    "a JSON document nested at most " + MAX_DEPTH + " deep, of bounded names, numbers and length",
                    "another");
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw InvalidDocument.at("", "one well-formed JSON document", "an error" + where);
        } catch (IOException notCharacters) {
            throw InvalidDocument.at("", "one well-formed JSON document in UTF-8", "bytes of another encoding");
        }
    }

    /** Reads one JSON document given as text; see {@link #read(byte[])}. */
    public static JsonNode read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A new empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The document as compact UTF-8 text, members in their order. */
    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The document as indented text, for people. */
    public static String pretty(JsonNode node) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The canonical form of RFC 8785: members sorted, numbers as ECMAScript prints a double, no white space. */
    public static byte[] canonical(JsonNode node) {
        try {
            return new JsonCanonicalizer(write(node)).getEncodedUTF8();
        } catch (IOException e) {
            throw new IllegalArgumentException("not canonicalisable by RFC 8785: " + e.getMessage(), e);
        }
    }

    /** Lower-case hex SHA-256 over the canonical form: the digest of a document. */
    public static String digest(JsonNode node) {
        return Digests.sha256Hex(canonical(node));
    }
}
