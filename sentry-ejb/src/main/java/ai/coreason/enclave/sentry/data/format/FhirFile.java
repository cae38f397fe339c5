package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the resources of one file, one after another: FHIR JSON, each resource on a line (NDJSON) or the entries of Bundles.
 * UTF-8, with or without a byte order mark; a resource has at most 16,777,216 characters, a Bundle any number that begins
 * with its {@code resourceType}. Not thread-safe; one instance reads one file once. Source: FHIR R4 2.6.2 (JSON), 3.1.1
 * (Bundle); FHIR Bulk Data Access.
 */
final class FhirFile {
    /** Is given what stands in a file. */
    interface Sink {
        /**
         * Takes a resource.
         *
         * @param fullUrl of its Bundle entry; empty where there is none
         * @param place where it stands, for a finding
         */
        void resource(ObjectNode resource, String fullUrl, String place);

        /**
         * Takes note of an entry that deletes a resource.
         *
         * @param url which one
         * @param fullUrl of the entry; empty where there is none
         * @param when it was deleted, if the Bundle says
         */
        void deletion(String url, String fullUrl, Optional<Instant> when);

        /** Takes note of an entry that holds no resource and deletes none. */
        void emptyEntry();

        /**
         * Takes note of a Bundle, once its entries were passed on.
         *
         * @param bundle its other members
         * @param found how many entries are what was searched for, and not with it only
         */
        void bundle(JsonNode bundle, long found);

        /** Takes note of an object that belongs to the export and is no resource: a line of its log, or its manifest. */
        void ofTheExport(JsonNode object);
    }

    /** The entries of one Bundle: its members may follow them, so deletions wait. */
    private final class Entries {
        private final List<JsonNode> deletions = new ArrayList<>();
        private long found;

        void take(JsonNode entry) {
            if (!entry.isObject()
                    || entry.has("fullUrl") && !entry.get("fullUrl").isTextual()) {
                throw refusal(parser.currentLocation(), "an entry of a Bundle", "something else");
            }
            requireUnmodified(entry);
            if (entry.path("request").path("method").asText().equals("DELETE")) {
                deletions.add(((ObjectNode) entry).without("resource"));
            } else if (entry.has("resource")) {
                found += entry.path("search").path("mode").asText("match").equals("match") ? 1 : 0;
                resource(entry.get("resource"), entry.path("fullUrl").asText());
            } else {
                sink.emptyEntry();
            }
        }

        void end(JsonNode bundle) {
            for (JsonNode d : deletions) {
                String url = d.path("request").path("url").asText();
                sink.deletion(url, d.path("fullUrl").asText(), deletedAt(d, bundle));
            }
            sink.bundle(bundle, found);
        }
    }

    private static final int MAX_RESOURCE = 1 << 24;
    private static final String RESOURCE_TYPE = "resourceType";
    private static final String BUNDLE = "Bundle";
    private static final String RESOURCE = "an object with the resourceType of a FHIR resource";
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Json.MAX_DEPTH)
                            .maxNumberLength(64)
                            .maxStringLength(MAX_RESOURCE)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final String name;
    private final BoundedReader bounded;
    private final JsonParser parser;
    private final Sink sink;

    private FhirFile(String name, BoundedReader bounded, JsonParser parser, Sink sink) {
        this.name = name;
        this.bounded = bounded;
        this.parser = parser;
        this.sink = sink;
    }

    /**
     * Reads a whole file.
     *
     * @param name what errors call it; not its name, as that may name a patient
     * @throws InvalidDocument if it is not of that form; the message gives line and column and nothing of it
     * @throws CharacterCodingException if it is not UTF-8
     * @throws IOException if it cannot be read
     */
    static void read(Reader reader, String name, Sink sink) throws IOException {
        try (BoundedReader bounded = BoundedReader.of(reader, MAX_RESOURCE);
                JsonParser parser = MAPPER.createParser(bounded)) {
            new FhirFile(name, bounded, parser, sink).read();
        }
    }

    private void read() throws IOException {
        try {
            while (parser.nextToken() != null) {
                root();
                bounded.recordEnds();
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
            throw refusal(
                    at, "well-formed JSON without a member twice or nesting beyond " + Json.MAX_DEPTH, "other text");
        } catch (BoundedReader.TooLong e) {
            throw refusal(parser.currentLocation(), "a resource of at most " + MAX_RESOURCE + " characters", "more");
        }
    }

    /** The entries of a Bundle are passed on as they come; whatever else stands here is one resource. */
    private void root() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refusal(parser.currentTokenLocation(), RESOURCE, "something else");
        }
        ObjectNode object = Json.object();
        Entries streamed = new Entries();
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            boolean bundle = BUNDLE.equals(object.path(RESOURCE_TYPE).textValue());
            if (bundle && member.equals("entry") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    streamed.take(MAPPER.readTree(parser));
                    bounded.recordEnds();
                }
            } else {
                object.set(member, MAPPER.<JsonNode>readTree(parser));
            }
        }
        if (isOfTheExport(object)) {
            sink.ofTheExport(object);
        } else {
            resource(object, "", streamed);
        }
    }

    /** The time of the answer, else of the Bundle. */
    private static Optional<Instant> deletedAt(JsonNode entry, JsonNode bundle) {
        return Stream.of(
                        entry.path("response").path("lastModified"),
                        bundle.path("timestamp"),
                        bundle.path("meta").path("lastUpdated"))
                .flatMap(t -> FhirVersion.instant(t).stream())
                .findFirst();
    }

    /** The log of a client of Bulk Data, and the manifest of a server. */
    private static boolean isOfTheExport(JsonNode root) {
        boolean log = root.has("exportId") && root.has("eventId") && root.has("timestamp");
        boolean manifest = root.has("transactionTime")
                && root.has("request")
                && root.path("output").isArray();
        return !root.has(RESOURCE_TYPE) && (log || manifest);
    }

    private void resource(JsonNode node, String fullUrl) {
        resource(node, fullUrl, new Entries());
    }

    /** @param before the entries of it, if it is a Bundle, that were read before */
    private void resource(JsonNode node, String fullUrl, Entries before) {
        String type = node.path(RESOURCE_TYPE).textValue();
        if (!(node instanceof ObjectNode resource) || type == null || !FhirTable.isType(type)) {
            throw refusal(parser.currentLocation(), RESOURCE, "something else");
        }
        if (!type.equals(BUNDLE)) {
            sink.resource(
                    resource,
                    fullUrl,
                    name + ", line " + parser.currentLocation().getLineNr());
            return;
        }
        JsonNode entries = resource.path("entry");
        if (!entries.isArray() && !entries.isMissingNode()) {
            throw refusal(parser.currentLocation(), "an array of a Bundle's entries", "something else");
        }
        requireUnmodified(resource);
        entries.forEach(before::take);
        before.end(resource);
    }

    /** What FHIR forbids to read without understanding it, and that concerns all that stands in it. */
    private void requireUnmodified(JsonNode bundleOrEntry) {
        if (FhirModifiers.obscure(bundleOrEntry)) {
            throw refusal(
                    parser.currentLocation(),
                    "a Bundle without implicitRules or modifierExtension, which are not understood",
                    "one with them");
        }
    }

    private InvalidDocument refusal(JsonLocation at, String expected, String came) {
        return InvalidDocument.at(name + ", line " + at.getLineNr() + ", column " + at.getColumnNr(), expected, came);
    }
}
