package ai.coreason.enclave.sentry.attestation;

import ai.coreason.enclave.sentry.Bounds;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * One file of evidence that is valid, and what becomes of it when it is changed or cut: it is not accepted, unless it says what
 * it said before since only what nothing signs is another. Each judgement is within {@link Bounds}.
 *
 * @param name for failures; the seed of its changes is this name's hash code
 * @param bytes as they are valid
 * @param judge judges others in their place
 * @param same whether others, which were accepted, say the same
 */
public record Piece(String name, byte[] bytes, Judge judge, Same same) {
    /** What is signed to the last byte. */
    public static final Same NEVER = changed -> false;

    /** The verifier. */
    @FunctionalInterface
    public interface Judge {
        /** Judges; throws nothing that is not the test's own failure. */
        Result judge(byte[] changed) throws Exception;
    }

    /** Whether bytes say the same. */
    @FunctionalInterface
    public interface Same {
        /** Compares with what was valid. */
        boolean as(byte[] changed) throws MalformedEvidence;
    }

    /** Changes it at random, so many times. */
    public void change(int count) {
        accepted("as it is", bytes, true);
        Random random = new Random(name.hashCode());
        int passed = 0;
        for (int i = 0; i < count; i++) {
            passed += accepted("change " + i, ByteChanges.of(bytes, random), false) ? 1 : 0;
        }
        System.out.println(name + ": " + count + " changes, " + passed + " accepted, all of what is not signed");
    }

    /** Cuts it at every offset, or at each that is a multiple of a step. */
    public void cut(int step) {
        accepted("as it is", bytes, true);
        for (int length = 0; length < bytes.length; length += step) {
            accepted("cut at " + length, Arrays.copyOf(bytes, length), false);
        }
    }

    /** Judges any bytes in its place. */
    public void judged(byte[] others) {
        accepted("others", others, Arrays.equals(others, bytes));
    }

    /** The piece that bytes have the most in common with, offset for offset. */
    public static Piece nearest(List<Piece> pieces, byte[] others) {
        return Collections.max(pieces, Comparator.comparingInt(p -> p.common(others)));
    }

    private int common(byte[] others) {
        int count = 0;
        for (int i = 0; i < Math.min(bytes.length, others.length); i++) {
            count += bytes[i] == others[i] ? 1 : 0;
        }
        return count - Math.abs(bytes.length - others.length);
    }

    private boolean accepted(String how, byte[] changed, boolean valid) {
        String which = name + ", " + how;
        return Bounds.within(which, () -> {
            boolean accepted = judge.judge(changed) == Result.VALID;
            if (valid ? !accepted : accepted && !same.as(changed)) {
                throw new AssertionError(which + (valid ? ": refused" : ": accepted"));
            }
            return accepted;
        });
    }
}
