package ai.coreason.enclave.overseer.round;

/** Why a node refused a task. */
public enum Decline {
    /** Its ledger cannot pay. */
    BUDGET,
    /** Its records do not fit the schema. */
    SCHEMA,
    /** Its site does not allow this job. */
    POLICY,
    /** It does not have the dataset. */
    DATASET,
    /** Something failed on the node; it may take part in the next round. */
    INTERNAL
}
