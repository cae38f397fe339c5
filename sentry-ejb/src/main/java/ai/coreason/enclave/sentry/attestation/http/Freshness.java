package ai.coreason.enclave.sentry.attestation.http;

import java.time.Duration;

/**
 * How old a document in a cache may be before it is fetched again. One that has ended by its own word is older than that.
 *
 * @param certificates keys of chips and the chains of their issuers, which do not change
 * @param lists revocation lists, TCB info and identities
 */
public record Freshness(Duration certificates, Duration lists) {
    /** 90 days, and one day. */
    public static final Freshness DEFAULT = new Freshness(Duration.ofDays(90), Duration.ofDays(1));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public Freshness {
        requirePositive("certificates", certificates);
        requirePositive("lists", lists);
    }

    public static void requirePositive(String name, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + ": expected more than 0, got " + duration);
        }
    }
}
