package ai.coreason.enclave.overseer.job;

import java.util.EnumSet;
import java.util.Set;

/** Where a job stands. */
public enum JobState {
    /** Stored, not yet judged. */
    SUBMITTED,
    /** Enough nodes can pay its first round. */
    ADMITTED,
    /** Rounds are under way. */
    RUNNING,
    /** All rounds closed. */
    COMPLETED,
    /** Ended by an error; the last whole model is kept. */
    FAILED,
    /** Ended by its submitter or an operator. */
    CANCELLED,
    /** Ended because fewer nodes than its minimum could pay another round. */
    HALTED_BUDGET;

    private Set<JobState> next() {
        return switch (this) {
            case SUBMITTED -> EnumSet.of(ADMITTED, FAILED, CANCELLED);
            case ADMITTED -> EnumSet.of(RUNNING, FAILED, CANCELLED, HALTED_BUDGET);
            case RUNNING -> EnumSet.of(COMPLETED, FAILED, CANCELLED, HALTED_BUDGET);
            default -> EnumSet.noneOf(JobState.class);
        };
    }

    /** Whether a job in this state has ended. */
    public boolean ended() {
        return next().isEmpty();
    }

    /** Whether a job may go from this state to another. */
    public boolean allows(JobState to) {
        return next().contains(to);
    }
}
