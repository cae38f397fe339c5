package ai.coreason.enclave.node.agent;

/** Why a node leaves a round without an update. */
public enum DeclineReason {
    /** The ledger cannot pay the round. */
    BUDGET,
    /** Local records do not fit the schema that the job's encodings need. */
    SCHEMA,
    /** The data owner did not approve it, or the task breaks a rule that protects the records. */
    POLICY,
    /** The job asks for a dataset that this node does not offer. */
    DATASET,
    /** The node failed. */
    INTERNAL
}
