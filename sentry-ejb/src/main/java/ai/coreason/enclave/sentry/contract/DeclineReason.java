package ai.coreason.enclave.sentry.contract;

/** Why a node leaves a round without an update. */
public enum DeclineReason {
    /** The ledger cannot pay the round. */
    BUDGET,
    /** The job does not fit the site's data dictionary, whatever the records are. */
    SCHEMA,
    /** The site's records cannot be used, by this job or another, until their owner acts. */
    RECORDS,
    /** The data owner did not approve it, or the task breaks a rule that protects the records. */
    POLICY,
    /** The job asks for a dataset that this node does not offer. */
    DATASET,
    /** The node failed. */
    INTERNAL
}
