package ai.coreason.enclave.privacy.noise;

import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key stream of AES-256 in counter mode (NIST SP 800-38A, section 6.5, counter from 0), as 64-bit words. A key makes
 * one stream only, so the counter needs no nonce. Not thread-safe; {@code toString} shows nothing of the key.
 */
public final class KeyStream implements RandomBits {
    /** Bytes of a key. */
    public static final int KEY_BYTES = 32;

    private static final byte[] ZEROS = new byte[1 << 13];

    private final Cipher cipher;
    private final byte[] bytes = new byte[ZEROS.length];
    private final LongBuffer words =
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    private final long[] block = new long[ZEROS.length / Long.BYTES];
    private int next = block.length;

    /**
     * A stream at its begin.
     *
     * @param key {@value #KEY_BYTES} bytes; copied
     */
    public KeyStream(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("key: expected " + KEY_BYTES + " bytes, got " + key.length);
        }
        try {
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256 in counter mode is not available", e);
        }
    }

    @Override
    public long next() {
        if (next == block.length) {
            refill();
        }
        return block[next++];
    }

    @Override
    public void next(long[] words) {
        int done = Math.min(words.length, block.length - next);
        System.arraycopy(block, next, words, 0, done);
        next += done;
        for (; words.length - done >= block.length; done += block.length) {
            encrypt();
            this.words.get(0, words, done, block.length);
        }
        for (; done < words.length; done++) {
            words[done] = next();
        }
    }

    private void refill() {
        encrypt();
        words.get(0, block);
        next = 0;
    }

    private void encrypt() {
        try {
            cipher.update(ZEROS, 0, ZEROS.length, bytes, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
