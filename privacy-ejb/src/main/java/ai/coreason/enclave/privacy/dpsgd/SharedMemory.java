package ai.coreason.enclave.privacy.dpsgd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Native memory that Java and libtorch use alike. */
final class SharedMemory {
    private static final int ALIGNMENT = 64;

    private SharedMemory() {}

    /** Zeros, aligned as libtorch aligns, so that the same numbers come out wherever the buffer lies. */
    static ByteBuffer of(int elements, int size) {
        int bytes = Math.multiplyExact(elements, size);
        return ByteBuffer.allocateDirect(Math.addExact(bytes, 2 * ALIGNMENT))
                .alignedSlice(ALIGNMENT)
                .limit(bytes)
                .slice()
                .order(ByteOrder.nativeOrder());
    }
}
