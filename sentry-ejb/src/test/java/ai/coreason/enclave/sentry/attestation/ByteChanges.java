package ai.coreason.enclave.sentry.attestation;

import java.util.Arrays;
import java.util.Random;

/**
 * Changes of evidence at random, from a seed: half of them of one byte, the others of several, of numbers set to their
 * extremes, or of ranges overwritten, left out, doubled or brought from elsewhere. A change is never none.
 */
public final class ByteChanges {
    private static final int MOST = 64;
    private static final String SETTING = System.getProperty("enclave.fuzz", "");

    private ByteChanges() {}

    /**
     * How many changes of one piece of evidence to try: with {@code -Denclave.fuzz=full} 100,000, with a number as many, else
     * a share that a build has time for.
     */
    public static int count(int share) {
        return SETTING.equals("full") ? 100_000 : SETTING.isEmpty() ? share : Integer.parseInt(SETTING);
    }

    /** Whether only a share is tried, so that what takes long may be sampled. */
    public static boolean share() {
        return SETTING.isEmpty();
    }

    /** Changed bytes; the given ones stay as they are. */
    public static byte[] of(byte[] bytes, Random random) {
        byte[] out;
        do {
            out = random.nextBoolean() ? one(bytes, random) : several(bytes, random);
        } while (Arrays.equals(out, bytes));
        return out;
    }

    private static byte[] one(byte[] bytes, Random random) {
        byte[] out = bytes.clone();
        int at = random.nextInt(out.length);
        out[at] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255));
        return out;
    }

    private static byte[] several(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(MOST, bytes.length - at));
        byte[] range = Arrays.copyOfRange(bytes, at, at + length);
        byte[] none = new byte[0];
        switch (random.nextInt(6)) {
            case 0 -> {
                return scattered(bytes, random);
            }
            case 1 -> {
                byte[] number = new byte[Math.min(length, 1 << random.nextInt(4))];
                Arrays.fill(number, (byte) (random.nextInt(4) - 2));
                return splice(bytes, at, number.length, number);
            }
            case 2 -> {
                random.nextBytes(range);
                return splice(bytes, at, length, range);
            }
            case 3 -> {
                return length == bytes.length ? bytes : splice(bytes, at, length, none);
            }
            case 4 -> {
                return splice(bytes, at, 0, range);
            }
            default -> {
                int from = random.nextInt(bytes.length - length + 1);
                return splice(bytes, at, length, Arrays.copyOfRange(bytes, from, from + length));
            }
        }
    }

    private static byte[] scattered(byte[] bytes, Random random) {
        byte[] out = bytes.clone();
        for (int n = 2 + random.nextInt(7); n > 0; n--) {
            out[random.nextInt(out.length)] = (byte) random.nextInt(256);
        }
        return out;
    }

    private static byte[] splice(byte[] in, int at, int length, byte[] with) {
        byte[] out = Arrays.copyOf(in, in.length - length + with.length);
        System.arraycopy(with, 0, out, at, with.length);
        System.arraycopy(in, at + length, out, at + with.length, in.length - at - length);
        return out;
    }
}
