package ai.coreason.enclave.privacy.ledger;

/** Where a charge stands. Every state but {@link #UNPROTECTED} counts against the budget alike. */
public enum ChargeState {
    /** Taken before sampling began; the attempt is under way. */
    RESERVED,
    /** The attempt's sealed update is in the outbox. */
    COMMITTED,
    /** The attempt ended without an update; what it sampled stays charged. */
    EXPIRED,
    /** No noise: ε is undefined. Only in simulation or on public data. */
    UNPROTECTED
}
