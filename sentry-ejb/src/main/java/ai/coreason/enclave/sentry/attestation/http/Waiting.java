package ai.coreason.enclave.sentry.attestation.http;

import java.time.Duration;

/**
 * How long a service is waited for.
 *
 * @param attempt what one attempt may take
 * @param total what all attempts and the pauses between them may take
 * @param attempts how many there are at most
 * @param pause before the second attempt at most; it doubles for each that follows, and a random part of it is waited
 */
public record Waiting(Duration attempt, Duration total, int attempts, Duration pause) {
    /** 10 seconds an attempt, four of them in 30 seconds, the first pause of up to half a second. */
    public static final Waiting DEFAULT =
            new Waiting(Duration.ofSeconds(10), Duration.ofSeconds(30), 4, Duration.ofMillis(500));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a time is not positive, or there are not 1 to 10 attempts
     */
    public Waiting {
        Freshness.requirePositive("attempt", attempt);
        Freshness.requirePositive("total", total);
        Freshness.requirePositive("pause", pause);
        if (attempts < 1 || attempts > 10) {
            throw new IllegalArgumentException("attempts: expected 1 to 10, got " + attempts);
        }
    }
}
