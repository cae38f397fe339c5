package ai.coreason.enclave.overseer.token;

import java.time.Instant;

/** Which tokens an operator has revoked. */
@FunctionalInterface
interface Revocations {
    /** Nobody's. */
    Revocations NONE = (subject, issuedAt) -> false;

    /** Whether a token of a user that was issued at a time must be refused. */
    boolean revoked(String subject, Instant issuedAt);
}
