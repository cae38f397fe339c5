package ai.coreason.enclave.privacy.ledger;

/**
 * Why a dataset's ledger pays for nothing now.
 *
 * @param kind what was found
 * @param what one sentence for people, public values only
 */
public record LedgerFault(String datasetId, Kind kind, String what) {
    /** What was found. */
    public enum Kind {
        /** No Overseer has countersigned the head since this start; it will be asked before the next reservation. */
        NOT_COUNTERSIGNED(false),
        /** A row, or its place in the chain, is not what was signed. */
        ROW_CHANGED(true),
        /** A row is missing. */
        ROW_MISSING(true),
        /** The rows are whole but the account says otherwise. */
        ACCOUNT_CHANGED(true),
        /** The Overseer countersigned rows that this ledger lacks. */
        ROLLED_BACK(true),
        /** The Overseer countersigned another row in the place of one of these. */
        FORKED(true);

        private final boolean held;

        Kind(boolean held) {
            this.held = held;
        }

        /** Whether people must resolve it. */
        public boolean held() {
            return held;
        }
    }

    /** What was found, what follows, and the command that resolves it. */
    public String sentence() {
        if (!kind.held()) {
            return what;
        }
        return "the ledger of " + datasetId + " is held, " + kind + ": " + what
                + "; nothing is reserved until it is resolved: stop the node, have the Overseer's ledger exported"
                + " (enclave ledger export) and run enclave ledger recover --state NODE_DIR --from LEDGER.json";
    }
}
