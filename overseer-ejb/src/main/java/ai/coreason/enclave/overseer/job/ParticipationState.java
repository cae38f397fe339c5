package ai.coreason.enclave.overseer.job;

/** Whether a node still takes part in a job. */
public enum ParticipationState {
    /** Takes part. */
    ACTIVE,
    /** Cannot pay another round. */
    LEFT_BUDGET,
    /** Refused its task for another reason. */
    REFUSED,
    /** Not trusted. */
    QUARANTINED
}
