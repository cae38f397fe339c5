package ai.coreason.enclave.sentry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Seeded random changes of a valid input, to which a parser may answer only by accepting or by refusing. */
public final class Mutations {
    private static final int CASES = 4000;
    private static final List<byte[]> TOKENS = List.of(
                    "null",
                    "true",
                    "-1",
                    "0",
                    "1e400",
                    "-1e-400",
                    "99999999999999999999",
                    "9223372036854775807",
                    "0.5",
                    "\"\"",
                    "[",
                    "]",
                    "{",
                    "}",
                    "[[[[[[[[",
                    "{\"a\":",
                    ",",
                    ":",
                    "\"",
                    "\"\"\"",
                    "\\ud800",
                    "\\u0000",
                    "\u0000",
                    "\n",
                    "\r\n",
                    "\ufeff",
                    "../",
                    "{}",
                    "[]",
                    "2147483648",
                    "1.0",
                    "NaN",
                    "'",
                    "\\")
            .stream()
            .map(t -> t.getBytes(StandardCharsets.UTF_8))
            .toList();

    /** What reads an input. */
    @FunctionalInterface
    public interface Parser {
        /** Reads; refuses by {@link InvalidDocument}. */
        void parse(byte[] input) throws Exception;
    }

    private Mutations() {}

    /** Gives a parser some thousand changed inputs; it may refuse them, but not fail otherwise nor allocate over 64 MiB. */
    public static void survive(long seed, byte[] valid, Parser parser) throws Exception {
        parser.parse(valid);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] input = valid;
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                input = change(input, random);
            }
            refused += once(input, parser, "seed " + seed + ", case " + i) ? 1 : 0;
        }
        assertThat(refused).as("mutations that were noticed").isPositive();
    }

    /** Gives a parser one input under the same limits; whether it was refused. */
    public static boolean once(byte[] input, Parser parser, String which) {
        return Bounds.within(which, () -> {
            try {
                parser.parse(input);
                return false;
            } catch (InvalidDocument e) {
                assertThat(e.getMessage().length()).as(which).isLessThan(1000);
                return true;
            }
        });
    }

    private static byte[] change(byte[] in, Random random) {
        int at = random.nextInt(in.length + 1);
        int length = Math.min(in.length - at, 1 + random.nextInt(16));
        byte[] token = TOKENS.get(random.nextInt(TOKENS.size()));
        return switch (random.nextInt(7)) {
            case 0 -> flip(in, at, random);
            case 1 -> splice(in, at, 0, token);
            case 2 -> splice(in, at, length, token);
            case 3 -> splice(in, at, length, new byte[0]);
            case 4 -> splice(in, at, 0, Arrays.copyOfRange(in, at, at + length));
            case 5 -> number(in, at, token);
            default -> Arrays.copyOf(in, at);
        };
    }

    private static byte[] flip(byte[] in, int at, Random random) {
        byte[] out = in.clone();
        if (at < out.length) {
            out[at] ^= (byte) (1 << random.nextInt(8));
        }
        return out;
    }

    /** Replaces the number or word that begins at or after a place. */
    private static byte[] number(byte[] in, int at, byte[] token) {
        int from = at;
        while (from < in.length && !Character.isLetterOrDigit(in[from])) {
            from++;
        }
        int to = from;
        while (to < in.length && Character.isLetterOrDigit(in[to])) {
            to++;
        }
        return splice(in, from, to - from, token);
    }

    private static byte[] splice(byte[] in, int at, int length, byte[] with) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length + with.length);
        out.write(in, 0, at);
        out.writeBytes(with);
        out.write(in, at + length, in.length - at - length);
        return out.toByteArray();
    }
}
