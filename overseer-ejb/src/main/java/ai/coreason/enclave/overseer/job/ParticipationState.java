package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.sentry.contract.DeclineReason;
import java.util.Optional;

/** Whether a node still takes part in a job. */
public enum ParticipationState {
    /** Takes part. */
    ACTIVE,
    /** Cannot pay another round. */
    LEFT_BUDGET,
    /** Refused its task for another reason. */
    REFUSED,
    /** Not trusted. */
    QUARANTINED;

    /** What a node is that refuses a task; empty if it still takes part. */
    public static Optional<ParticipationState> after(DeclineReason reason) {
        return switch (reason) {
            case INTERNAL -> Optional.empty();
            case BUDGET -> Optional.of(LEFT_BUDGET);
            case SCHEMA, RECORDS, POLICY, DATASET -> Optional.of(REFUSED);
        };
    }
}
