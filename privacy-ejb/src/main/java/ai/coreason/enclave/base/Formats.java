package ai.coreason.enclave.base;

import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** The text formats of documents: digests, binary, times. Each read names the field it refuses. */
public final class Formats {
    /** Greatest whole number that RFC 8785's numbers keep exactly, 2^53 - 1. */
    public static final long MAX_WHOLE = (1L << 53) - 1;

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2}){1,128}");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?Z");
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Formats() {}

    /** Greater than 0 and a normal float32, because training computes in float32. */
    public static Range positiveFloat() {
        return new Range(Float.MIN_NORMAL, false, Float.MAX_VALUE, false, "a number > 0 within float32's normal range");
    }

    /** A lower-case hex SHA-256 digest. */
    public static String sha256(JsonFields f, String name) {
        return f.text(name, "64 lower-case hex digits", s -> SHA256.matcher(s).matches());
    }

    /** 1 to 128 bytes in lower-case hex. */
    public static byte[] hex(JsonFields f, String name) {
        return HexFormat.of()
                .parseHex(f.text(
                        name,
                        "1 to 128 bytes in lower-case hex",
                        s -> HEX.matcher(s).matches()));
    }

    /** A UUID, in lower case whatever was written: one job has one id. */
    public static String uuid(JsonFields f, String name) {
        return f.text(name, "a UUID", s -> UUID_TEXT.matcher(s).matches()).toLowerCase(Locale.ROOT);
    }

    /** An RFC 3339 time in UTC. */
    public static Instant time(JsonFields f, String name) {
        String expected = "an RFC 3339 time in UTC such as 2026-01-31T12:00:00Z";
        String text = f.text(name, expected, s -> TIME.matcher(s).matches());
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw InvalidDocument.at(f.at(name), expected, text);
        }
    }

    /** Between {@code least} and {@code most} bytes in padded base64 with no spare bits set. The text is not repeated in an error. */
    public static byte[] base64(JsonFields f, String name, int least, int most) {
        String expected =
                least == most ? "base64 of " + least + " bytes" : "base64 of " + least + " to " + most + " bytes";
        String text = f.text(name);
        if (text.length() <= 4 * ((most + 2L) / 3)) {
            try {
                byte[] bytes = Base64.getDecoder().decode(text);
                boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(text);
                if (canonical && bytes.length >= least && bytes.length <= most) {
                    return bytes;
                }
            } catch (IllegalArgumentException e) {
                throw InvalidDocument.at(f.at(name), expected, "other text of " + text.length() + " characters");
            }
        }
        throw InvalidDocument.at(f.at(name), expected, "other text of " + text.length() + " characters");
    }

    /** An object with free members; a copy. */
    public static ObjectNode document(JsonFields f, String name) {
        JsonNode v = f.any(name, "an object");
        if (v instanceof ObjectNode object) {
            return object.deepCopy();
        }
        throw InvalidDocument.at(f.at(name), "an object", JsonFields.describe(v));
    }

    /** Padded base64. */
    public static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
