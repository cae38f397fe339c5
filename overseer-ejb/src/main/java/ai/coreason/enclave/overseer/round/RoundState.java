package ai.coreason.enclave.overseer.round;

/** Where a round's attempt stands. */
public enum RoundState {
    /** Tasks are out. */
    OPEN,
    /** The set of updates is fixed; the next model is being computed. */
    AGGREGATING,
    /** The next model is stored. */
    CLOSED,
    /** Too few updates came in time. */
    ABANDONED;

    /** Whether an attempt may go from this state to another. */
    public boolean allows(RoundState to) {
        return switch (this) {
            case OPEN -> to == AGGREGATING || to == ABANDONED;
            case AGGREGATING -> to == CLOSED || to == ABANDONED;
            default -> false;
        };
    }
}
