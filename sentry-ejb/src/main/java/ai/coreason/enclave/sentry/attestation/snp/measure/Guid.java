package ai.coreason.enclave.sentry.attestation.snp.measure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/** GUIDs as firmware writes them: the first three groups little-endian (UEFI, appendix A). */
final class Guid {
    static final int BYTES = 16;

    private Guid() {}

    /** The bytes of a GUID. */
    static byte[] bytes(String text) {
        UUID guid = UUID.fromString(text);
        long high = guid.getMostSignificantBits();
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt((int) (high >> 32)).putShort((short) (high >> 16)).putShort((short) high);
        return out.order(ByteOrder.BIG_ENDIAN)
                .putLong(guid.getLeastSignificantBits())
                .array();
    }

    /** The GUID at an offset. */
    static String at(byte[] bytes, int offset) {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long high = (long) in.getInt() << 32 | (in.getShort() & 0xffffL) << 16 | in.getShort() & 0xffffL;
        return new UUID(high, in.order(ByteOrder.BIG_ENDIAN).getLong()).toString();
    }
}
