package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.ParticipationState;
import java.util.List;

/** Whether a job's next attempt can be opened, by what its nodes do. */
sealed interface Opening {
    /** Enough nodes take part. */
    record Open() implements Opening {}

    /**
     * Too few do.
     *
     * @param as what the job ends as: halted for its budget where a node left for that, else failed
     */
    record End(JobState as, String why) implements Opening {}

    /** Judges by where all of a job's nodes stand. */
    static Opening of(List<ParticipationState> all, int minClients) {
        long active = all.stream().filter(ParticipationState.ACTIVE::equals).count();
        if (active >= minClients) {
            return new Open();
        }
        boolean budget = all.contains(ParticipationState.LEFT_BUDGET);
        return new End(
                budget ? JobState.HALTED_BUDGET : JobState.FAILED,
                active + " of " + all.size() + " nodes can go on, fewer than min_clients " + minClients);
    }
}
