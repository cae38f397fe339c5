package ai.coreason.enclave.sentry.attestation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * Reads one part of evidence from its first byte to its last, little-endian. Every refusal names the part, the offset, what
 * was expected and what came. Lengths are checked before anything is allocated. Not thread-safe.
 */
public final class ByteReader {
    /** Largest evidence that is looked at, bytes. */
    public static final int MAX_EVIDENCE = 1 << 20;

    private final String part;
    private final ByteBuffer bytes;

    /**
     * A reader.
     *
     * @param part the name of what is read, for refusals
     * @throws MalformedEvidence if it is over {@link #MAX_EVIDENCE}
     */
    public ByteReader(String part, byte[] bytes) throws MalformedEvidence {
        this.part = part;
        if (bytes.length > MAX_EVIDENCE) {
            throw new MalformedEvidence(part, 0, "at most " + MAX_EVIDENCE + " bytes", bytes.length + " bytes");
        }
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The next offset. */
    public int offset() {
        return bytes.position();
    }

    /** How many bytes are left. */
    public int left() {
        return bytes.remaining();
    }

    /** An unsigned byte. */
    public int u8() throws MalformedEvidence {
        need(1);
        return bytes.get() & 0xff;
    }

    /** An unsigned 16-bit number. */
    public int u16() throws MalformedEvidence {
        need(2);
        return bytes.getShort() & 0xffff;
    }

    /** An unsigned 32-bit number. */
    public long u32() throws MalformedEvidence {
        need(4);
        return bytes.getInt() & 0xffffffffL;
    }

    /** A 64-bit number; the highest bit is the sign. */
    public long u64() throws MalformedEvidence {
        need(8);
        return bytes.getLong();
    }

    /** The next bytes, copied. */
    public byte[] bytes(long count) throws MalformedEvidence {
        need(count);
        byte[] out = new byte[(int) count];
        bytes.get(out);
        return out;
    }

    /** Passes over bytes that have to be zero. */
    public void zeros(String name, int count) throws MalformedEvidence {
        int at = offset();
        for (byte b : bytes(count)) {
            if (b != 0) {
                throw new MalformedEvidence(part, at, name + " of zeros", "others");
            }
        }
    }

    /** Passes over a field whose value is fixed. */
    public void expect(String name, long expected, long came) throws MalformedEvidence {
        if (expected != came) {
            throw refusal(name + " " + expected, Long.toString(came));
        }
    }

    /** A refusal at the next offset. */
    public MalformedEvidence refusal(String expected, String came) {
        return new MalformedEvidence(part, offset(), expected, came);
    }

    /** Refuses bytes that are left. */
    public void end() throws MalformedEvidence {
        if (bytes.hasRemaining()) {
            throw refusal("the end", bytes.remaining() + " more bytes");
        }
    }

    /** Lower-case hex. */
    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private void need(long count) throws MalformedEvidence {
        if (count < 0 || count > bytes.remaining()) {
            throw refusal(count + " more bytes", bytes.remaining() + " bytes");
        }
    }
}
