package ai.coreason.enclave.overseer.round;

/** Where one node's contribution to one attempt stands. */
public enum ContributionState {
    /** The task waits for the node, or the node works on it. */
    INVITED,
    /** The sealed update lies in the vault. */
    UPLOADED,
    /** The update was opened, checked and mirrored in the ledger. */
    ADMITTED,
    /** The update was opened and refused. */
    REJECTED,
    /** The node refused the task. */
    DECLINED,
    /** The round ended before an update came, or before it was judged. */
    MISSED;

    /** Whether nothing more is awaited. */
    public boolean settled() {
        return this != INVITED && this != UPLOADED;
    }
}
