package ai.coreason.enclave.sentry.tensor;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON header of a safetensors file token by token, so that a hostile header costs no more memory than its
 * own length. Not thread-safe; one instance reads one header once.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    private static final int LENGTH_FIELD = 8;
    private static final int MAX_NAME = 512;
    private static final int MAX_SIDES = 8;
    private static final int MAX_TENSORS = 10_000;
    private static final int MAX_METADATA = 1_000;
    /** Names are neither interned nor cached, because whoever wrote the file chose them. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxNumberLength(20)
                    .maxNameLength(MAX_NAME)
                    .build())
            .build();

    /** One tensor as the header announces it; the offsets count from the first byte after the header. */
    record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}

    private final JsonParser json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean metadataRead;

    private SafetensorsHeader(JsonParser json) {
        this.json = json;
    }

    /**
     * Reads a header.
     *
     * @throws InvalidDocument if it is not one; the message gives the byte offset in the file
     */
    static SafetensorsHeader parse(byte[] header) {
        if (header.length < 2 || header[0] != '{' || header[1] == 0) {
            throw InvalidDocument.at("header", "a JSON object at byte " + LENGTH_FIELD, "something else");
        }
        try (JsonParser json = FACTORY.createParser(header)) {
            SafetensorsHeader read = new SafetensorsHeader(json);
            read.document();
            return read;
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw InvalidDocument.at("header", "well-formed JSON at byte " + (at + LENGTH_FIELD), "a syntax error");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> metadata() {
        return metadata;
    }

    List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    private void document() throws IOException {
        json.nextToken();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
                throw refuse("header", "a tensor name of 1 to " + MAX_NAME + " printable characters");
            }
            json.nextToken();
            if (name.equals(METADATA)) {
                readMetadata();
            } else {
                tensor(name);
            }
        }
        if (json.nextToken() != null) {
            throw refuse("header", "nothing after the object");
        }
    }

    private void readMetadata() throws IOException {
        if (metadataRead) {
            throw refuse(METADATA, "to appear once");
        }
        metadataRead = true;
        expect(JsonToken.START_OBJECT, METADATA, "an object of strings");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            expect(JsonToken.VALUE_STRING, METADATA, "a string for every key");
            if (metadata.size() == MAX_METADATA || metadata.put(key, json.getText()) != null) {
                throw refuse(METADATA, "at most " + MAX_METADATA + " keys, each once");
            }
        }
    }

    private void tensor(String name) throws IOException {
        if (entries.size() == MAX_TENSORS) {
            throw refuse("header", "at most " + MAX_TENSORS + " tensors");
        }
        expect(JsonToken.START_OBJECT, name, "an object");
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String member = json.currentName();
            json.nextToken();
            if (member.equals("dtype") && dtype == null) {
                dtype = dtype(name);
            } else if (member.equals("shape") && shape == null) {
                shape = wholes(name, "shape");
            } else if (member.equals("data_offsets") && offsets == null) {
                offsets = wholes(name, "data_offsets");
            } else {
                throw refuse(name, "dtype, shape and data_offsets, once each");
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw refuse(name, "dtype, shape and data_offsets [begin, end]");
        }
        Entry entry = new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
        if (entries.put(name, entry) != null) {
            throw refuse(name, "every tensor name once");
        }
        checkSize(entry);
    }

    private DType dtype(String name) throws IOException {
        expect(JsonToken.VALUE_STRING, name, "a dtype");
        String text = json.getText();
        return Arrays.stream(DType.values())
                .filter(d -> d.name().equals(text))
                .findFirst()
                .orElseThrow(() -> InvalidDocument.at(
                        name, "dtype of " + Arrays.toString(DType.values()) + " at byte " + offset(), text));
    }

    private List<Long> wholes(String name, String member) throws IOException {
        expect(JsonToken.START_ARRAY, name, member + " as an array");
        List<Long> out = new ArrayList<>(4);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.VALUE_NUMBER_INT, name, member + " of whole numbers");
            boolean fits = json.getNumberType() == NumberType.INT || json.getNumberType() == NumberType.LONG;
            if (!fits || json.getLongValue() < 0 || out.size() == MAX_SIDES) {
                throw refuse(name, member + " of at most " + MAX_SIDES + " numbers in [0, 2^63)");
            }
            out.add(json.getLongValue());
        }
        return List.copyOf(out);
    }

    private void checkSize(Entry entry) {
        long bytes = entry.dtype().bytes();
        try {
            for (long side : entry.shape()) {
                bytes = Math.multiplyExact(bytes, side);
            }
        } catch (ArithmeticException e) {
            throw InvalidDocument.at(
                    entry.name(), "a shape of less than 2^63 bytes at byte " + offset(), entry.shape());
        }
        if (entry.begin() > entry.end() || entry.end() - entry.begin() != bytes) {
            throw InvalidDocument.at(
                    entry.name(),
                    "data_offsets " + bytes + " bytes apart at byte " + offset(),
                    "[" + entry.begin() + ", " + entry.end() + "]");
        }
    }

    private void expect(JsonToken token, String name, String expected) throws IOException {
        if (json.currentToken() != token) {
            throw refuse(name, expected);
        }
    }

    private InvalidDocument refuse(String name, String expected) throws IOException {
        String text = json.currentToken() == null ? "the end" : json.getText();
        return InvalidDocument.at(name, expected + " at byte " + offset(), text);
    }

    private long offset() {
        return LENGTH_FIELD + Math.max(0, json.currentTokenLocation().getByteOffset());
    }
}
