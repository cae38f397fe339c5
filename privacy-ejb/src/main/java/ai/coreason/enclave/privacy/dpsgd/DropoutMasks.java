package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.operator.Subroutine;
import ai.coreason.enclave.privacy.noise.KeyStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The dropout masks of one step: bytes that keep (1) or drop (0) each element, from AES-256 under the step's key, encrypting the
 * number of the example and a counter (NIST SP 800-38A, section 6.5, with the example's number as the nonce).
 *
 * <p>So the mask of an example depends neither on the other examples nor on how a batch is divided over calls, and to who
 * does not know the key, masks of different examples are independent: whether an example is there says nothing about
 * another's mask. Not thread-safe; {@code toString} shows nothing of the key.
 */
final class DropoutMasks {
    /** One node's part of the masks: the elements of one example there, and the probability with which each is dropped, up to 2^-17. */
    record Place(int size, double p) {
        /** 16 random bits below this drop an element. */
        private int threshold() {
            return (int) Math.round(p * 0x1p16);
        }
    }

    /** {@code x} [batch, ...] times its part of the masks [batch, all elements], divided by what is kept on average. */
    static final Subroutine DROPOUT =
            new Subroutine("dropout", "x: Tensor, masks: Tensor, from: int, size: int, kept: float", """
            part = torch.slice(masks, 1, from, torch.add(from, size))
            scaled = torch.mul(torch.to(part, 6), torch.div(1., kept))
            return torch.mul(x, torch.reshape(scaled, torch.size(x)))
            """);

    private static final int BLOCK = 16;

    private final List<Place> places;
    private final int size;
    private final Cipher cipher;
    private final byte[] counters;
    private final byte[] bits;

    /**
     * Masks of one step.
     *
     * @param places in the order of their parts
     * @param key of the step, {@value KeyStream#KEY_BYTES} bytes
     */
    DropoutMasks(List<Place> places, byte[] key) {
        this.places = places;
        this.size = places.stream().mapToInt(Place::size).sum();
        this.counters = new byte[(2 * size + BLOCK - 1) / BLOCK * BLOCK];
        this.bits = new byte[counters.length];
        try {
            cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256 is not available", e);
        }
    }

    /** The number of elements of one example's masks. */
    int size() {
        return size;
    }

    /** The masks of the examples, one after the other, in a direct buffer of [examples * {@link #size()}] bytes. */
    ByteBuffer of(long[] examples) {
        byte[] kept = new byte[Math.multiplyExact(examples.length, size)];
        for (int e = 0; e < examples.length; e++) {
            boolean again = e > 0 && examples[e] == examples[e - 1];
            if (again) {
                System.arraycopy(kept, (e - 1) * size, kept, e * size, size);
            } else {
                write(examples[e], kept, e * size);
            }
        }
        return ByteBuffer.allocateDirect(kept.length)
                .order(ByteOrder.nativeOrder())
                .put(kept)
                .rewind();
    }

    private void write(long example, byte[] kept, int from) {
        ByteBuffer blocks = ByteBuffer.wrap(counters);
        for (long counter = 0; blocks.hasRemaining(); counter++) {
            blocks.putLong(example).putLong(counter);
        }
        try {
            cipher.update(counters, 0, counters.length, bits, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        int at = 0;
        for (Place place : places) {
            int threshold = place.threshold();
            for (int end = at + place.size(); at < end; at++) {
                int drawn = (bits[2 * at] & 0xff) << 8 | bits[2 * at + 1] & 0xff;
                kept[from + at] = (byte) (drawn < threshold ? 0 : 1);
            }
        }
    }
}
