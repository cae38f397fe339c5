package ai.coreason.enclave.overseer.round;

/** Why a node refused a task. */
public enum Decline {
    /** Its ledger cannot pay. */
    BUDGET,
    /** The job does not fit its data dictionary, whatever its records are. */
    SCHEMA,
    /** Its records cannot be used, by this job or another, until their owner acts. */
    RECORDS,
    /** Its site does not allow this job. */
    POLICY,
    /** It does not have the dataset. */
    DATASET,
    /** Something failed on the node; it may take part in the next round. */
    INTERNAL
}
