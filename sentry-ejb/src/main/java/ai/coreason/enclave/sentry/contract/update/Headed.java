package ai.coreason.enclave.sentry.contract.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes behind a JSON header: bytes 0 to 7 the header's length N, little-endian; bytes 8 to 8+N-1 the header; then the rest.
 * So the header can be read before the rest has come.
 */
public final class Headed {
    /** Longest header, bytes. */
    public static final int MAX_HEADER = 512 << 10;

    private static final int LENGTH_FIELD = 8;

    private Headed() {}

    /**
     * Writes both.
     *
     * @throws IllegalArgumentException if the header passes {@link #MAX_HEADER}
     */
    public static byte[] write(JsonNode header, byte[] rest) {
        byte[] json = Json.write(header);
        if (json.length > MAX_HEADER) {
            throw new IllegalArgumentException("header: expected at most " + MAX_HEADER + " bytes, got " + json.length);
        }
        return ByteBuffer.allocate(Math.addExact(LENGTH_FIELD + json.length, rest.length))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(rest)
                .array();
    }

    /**
     * Reads the header alone.
     *
     * @param beginning the bytes, or at least their first 8 + {@link #MAX_HEADER}
     * @throws InvalidDocument if the length is out of range, the bytes end too soon, or the header is no JSON
     */
    public static JsonNode header(byte[] beginning) {
        return Json.read(Arrays.copyOfRange(beginning, LENGTH_FIELD, LENGTH_FIELD + length(beginning)));
    }

    /**
     * What stands behind the header; a copy.
     *
     * @throws InvalidDocument if the length is out of range
     */
    public static byte[] rest(byte[] whole) {
        return Arrays.copyOfRange(whole, LENGTH_FIELD + length(whole), whole.length);
    }

    private static int length(byte[] bytes) {
        if (bytes.length < LENGTH_FIELD) {
            throw InvalidDocument.at("header length", "8 bytes at byte 0", bytes.length + " bytes");
        }
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long most = Math.min(MAX_HEADER, bytes.length - LENGTH_FIELD);
        if (length < 2 || length > most) {
            throw InvalidDocument.at(
                    "header length", "a number in [2, " + most + "] at byte 0", Long.toUnsignedString(length));
        }
        return (int) length;
    }
}
