package ai.coreason.enclave.privacy.ledger;

import java.util.List;

/** What was found about rows that a node hands in, while nothing was locked. */
public sealed interface CheckedRows {
    /** They cannot be mirrored: what is wrong with the first that does not fit. */
    record Unfit(String why) implements CheckedRows {}

    /**
     * They can be mirrored as long as the mirror stands where it stood.
     *
     * @param sequence the last mirrored row when they were checked; 0 before the first
     * @param head its hash, or the genesis hash
     * @param rows those that would change something, in their order; the others are mirrored as they are
     */
    record Fit(String nodeId, String datasetId, long sequence, String head, List<ChargeRow> rows)
            implements CheckedRows {
        /** Copies the list. */
        public Fit {
            rows = List.copyOf(rows);
        }
    }
}
