package ai.coreason.enclave.sentry.contract.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes behind a JSON header: bytes 0 to 7 the header's length N, little-endian; bytes 8 to 8+N-1 the header; then the rest.
 * So the header can be read before the rest has come.
 *
 * @param header what stands in front
 * @param rest how many bytes stand behind it, by the length of the whole
 */
public record Headed(JsonNode header, long rest) {
    /** Longest header, bytes. */
    public static final int MAX_HEADER = 512 << 10;

    private static final int LENGTH_FIELD = 8;

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
     * Reads the header, and leaves the stream where the rest begins.
     *
     * @param length how many bytes the whole has
     * @throws InvalidDocument if the header's length is out of range, the bytes end too soon, or the header is no JSON
     */
    public static Headed read(InputStream in, long length) throws IOException {
        byte[] field = in.readNBytes(LENGTH_FIELD);
        if (field.length < LENGTH_FIELD) {
            throw InvalidDocument.at("header length", "8 bytes at byte 0", field.length + " bytes");
        }
        long header = ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long most = Math.min(MAX_HEADER, length - LENGTH_FIELD);
        if (header < 2 || header > most) {
            throw InvalidDocument.at(
                    "header length", "a number in [2, " + most + "] at byte 0", Long.toUnsignedString(header));
        }
        return new Headed(Json.read(in.readNBytes((int) header)), length - LENGTH_FIELD - header);
    }

    /**
     * Reads the header alone.
     *
     * @param bytes the whole, or at least its first 8 + {@link #MAX_HEADER} bytes
     * @throws InvalidDocument as {@link #read(InputStream, long)}
     */
    public static Headed read(byte[] bytes) {
        try {
            return read(new ByteArrayInputStream(bytes), bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What stands behind the header.
     *
     * @param in where it begins
     * @throws InvalidDocument if the stream ends before that, or an array cannot hold them
     */
    public byte[] rest(InputStream in) throws IOException {
        if (rest > Integer.MAX_VALUE - LENGTH_FIELD) {
            throw InvalidDocument.at("rest", "at most 2 GiB", rest + " bytes");
        }
        byte[] bytes = new byte[(int) rest];
        int came = in.readNBytes(bytes, 0, bytes.length);
        if (came < rest) {
            throw InvalidDocument.at("rest", rest + " bytes behind the header", came + " bytes");
        }
        return bytes;
    }

    /** What stands behind the header; a copy. */
    public byte[] rest(byte[] whole) {
        return Arrays.copyOfRange(whole, (int) (whole.length - rest), whole.length);
    }
}
