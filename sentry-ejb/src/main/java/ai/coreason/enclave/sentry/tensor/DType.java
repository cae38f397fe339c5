package ai.coreason.enclave.sentry.tensor;

import java.nio.ByteBuffer;

/** An element type of a safetensors file, by its wire name. Elements are little-endian. */
public enum DType {
    /** IEEE 754 binary64. */
    F64(8),
    /** IEEE 754 binary32. */
    F32(4),
    /** IEEE 754 binary16. */
    F16(2),
    /** Two's complement, 64 bits. */
    I64(8),
    /** Two's complement, 32 bits. */
    I32(4),
    /** Unsigned, 8 bits. */
    U8(1),
    /** One byte, 0 or 1. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether every value is a whole number. */
    public boolean whole() {
        return this == I64 || this == I32 || this == U8 || this == BOOL;
    }

    double real(ByteBuffer data, int index) {
        return switch (this) {
            case F64 -> data.getDouble(index * 8);
            case F32 -> data.getFloat(index * 4);
            case F16 -> half(data.getShort(index * 2));
            default -> whole(data, index);
        };
    }

    long whole(ByteBuffer data, int index) {
        return switch (this) {
            case I64 -> data.getLong(index * 8);
            case I32 -> data.getInt(index * 4);
            case U8, BOOL -> data.get(index) & 0xff;
            default -> throw new IllegalStateException(this + " has no whole values");
        };
    }

    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign | 0x3f800000));
        }
        int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }
}
