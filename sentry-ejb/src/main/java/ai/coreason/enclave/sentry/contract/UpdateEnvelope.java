package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.seal.Hpke;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a node uploads: a plain header and the sealed update.
 *
 * <p>Layout: bytes 0 to 7 the header's length N, little-endian; bytes 8 to 8+N-1 the JSON header; the rest the sealed
 * bytes, whose SHA-256 the header states. Neither array is copied; nobody changes them afterwards.
 *
 * @param header the plain part
 * @param sealed the sealed part, at least {@link Hpke#OVERHEAD} bytes
 */
public record UpdateEnvelope(UpdateHeader header, byte[] sealed) {
    /** Longest header accepted, bytes. */
    public static final int MAX_HEADER = 512 << 10;

    private static final int LENGTH_FIELD = 8;
    private static final int PIECE = 1 << 16;
    private static final String SEAL_INFO = "coreason/update/v1";

    /**
     * Checks that the header speaks of these bytes.
     *
     * @throws InvalidDocument if the digest differs or the sealed part is too short
     */
    public UpdateEnvelope {
        if (sealed.length < Hpke.OVERHEAD) {
            throw InvalidDocument.at("sealed", "at least " + Hpke.OVERHEAD + " bytes", sealed.length + " bytes");
        }
        requireDigest(header, Digests.sha256Hex(sealed));
    }

    private static void requireDigest(UpdateHeader header, String actual) {
        if (!actual.equals(header.sealedSha256())) {
            throw InvalidDocument.at("sealed_sha256", actual + ", as the sealed bytes have", header.sealedSha256());
        }
    }

    /**
     * Reads the header alone from the beginning of an envelope, so that an upload can be judged before it is whole.
     *
     * @param beginning the envelope, or at least its first 8 + {@link #MAX_HEADER} bytes
     * @throws InvalidDocument if the length is out of range, the bytes end too soon, or a member does not fit
     */
    public static UpdateHeader parseHeader(byte[] beginning) {
        int length = headerLength(beginning, beginning.length);
        return UpdateHeader.parse(Json.read(Arrays.copyOfRange(beginning, LENGTH_FIELD, LENGTH_FIELD + length)));
    }

    /**
     * Reads an envelope.
     *
     * @throws InvalidDocument as {@link #parseHeader(byte[])}, or if the sealed bytes are not those of the header
     */
    public static UpdateEnvelope parse(byte[] envelope) {
        try {
            return read(new ByteArrayInputStream(envelope), envelope.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an envelope from a stream, so that its sealed bytes are in memory once.
     *
     * @param length how many bytes it has
     * @throws InvalidDocument as {@link #parse}, or if it is longer than an array
     */
    public static UpdateEnvelope read(InputStream in, long length) throws IOException {
        byte[] json = header(in, length);
        long rest = length - LENGTH_FIELD - json.length;
        if (rest > Integer.MAX_VALUE - LENGTH_FIELD) {
            throw InvalidDocument.at("sealed", "at most 2 GiB", rest + " bytes");
        }
        UpdateHeader header = UpdateHeader.parse(Json.read(json));
        byte[] sealed = new byte[(int) rest];
        int came = in.readNBytes(sealed, 0, sealed.length);
        return new UpdateEnvelope(header, came == rest ? sealed : Arrays.copyOf(sealed, came));
    }

    /**
     * Reads the header of an envelope from a stream, and checks that it speaks of the sealed bytes, which are not kept.
     *
     * @param length how many bytes the envelope has
     * @throws InvalidDocument as {@link #parse}
     */
    public static UpdateHeader readHeader(InputStream in, long length) throws IOException {
        UpdateHeader header = UpdateHeader.parse(Json.read(header(in, length)));
        MessageDigest sha = Digests.sha256();
        byte[] piece = new byte[PIECE];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            sha.update(piece, 0, n);
        }
        requireDigest(header, HexFormat.of().formatHex(sha.digest()));
        return header;
    }

    private static byte[] header(InputStream in, long length) throws IOException {
        int header = headerLength(in.readNBytes(LENGTH_FIELD), length);
        return in.readNBytes(header);
    }

    /**
     * The envelope's bytes.
     *
     * @throws IllegalArgumentException if the header passes {@link #MAX_HEADER}
     */
    public byte[] write() {
        byte[] json = Json.write(header.json());
        if (json.length > MAX_HEADER) {
            throw new IllegalArgumentException("header: expected at most " + MAX_HEADER + " bytes, got " + json.length);
        }
        return ByteBuffer.allocate(Math.addExact(LENGTH_FIELD + json.length, sealed.length))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(sealed)
                .array();
    }

    /** The HPKE {@code info} of every sealed update. */
    public static byte[] sealInfo() {
        return SEAL_INFO.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "UpdateEnvelope[" + header + ", " + sealed.length + " bytes]";
    }

    private static int headerLength(byte[] bytes, long whole) {
        if (bytes.length < LENGTH_FIELD) {
            throw InvalidDocument.at("header length", "8 bytes at byte 0", bytes.length + " bytes");
        }
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long most = Math.min(MAX_HEADER, whole - LENGTH_FIELD);
        if (length < 2 || length > most) {
            throw InvalidDocument.at(
                    "header length", "a number in [2, " + most + "] at byte 0", Long.toUnsignedString(length));
        }
        return (int) length;
    }
}
