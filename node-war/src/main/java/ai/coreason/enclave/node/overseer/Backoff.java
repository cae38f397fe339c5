package ai.coreason.enclave.node.overseer;

import java.security.SecureRandom;
import java.time.Duration;

/**
 * Exponential back-off with jitter: the n-th delay is uniform in {@code [d/2, d]} with {@code d = min(most, first *
 * 2^(n-1))}, so that nodes that lost the same Overseer do not return in step. Thread-safe.
 *
 * @param first the longest first delay, positive
 * @param most the longest delay, at least {@code first}
 */
public record Backoff(Duration first, Duration most) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_DOUBLINGS = 20;

    public Backoff {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("expected 0 < first <= most, got " + first + " and " + most);
        }
    }

    /** What waits: {@link Thread#sleep} in the product. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration delay) throws InterruptedException;

        /** Waits on the calling thread. */
        static Pause sleeping() {
            return delay -> Thread.sleep(delay.toMillis());
        }
    }

    /**
     * The delay before the next try.
     *
     * @param failures how many tries have failed in a row, at least 1
     */
    public Duration delay(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
        long longest = Math.min(most.toMillis(), doubled);
        return Duration.ofMillis(longest - RANDOM.nextLong(longest / 2 + 1));
    }
}
