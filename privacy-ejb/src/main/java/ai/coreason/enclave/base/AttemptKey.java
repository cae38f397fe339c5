package ai.coreason.enclave.base;

/**
 * One attempt at one round of one job: what a task is for, and what is charged once on a dataset.
 *
 * @param jobId the job: a UUID in lower case, of jobs that an Overseer took in
 * @param round from 1
 * @param attempt from 1 to {@link #MAX_ATTEMPTS}; a round that is opened again is a new attempt with a new charge
 */
public record AttemptKey(String jobId, long round, long attempt) {
    /** Most attempts at one round that there can be: no message, ledger row or key names more. */
    public static final int MAX_ATTEMPTS = 100;

    /**
     * Checks the members.
     *
     * @throws IllegalArgumentException if the job id is blank, or round or attempt is out of range
     */
    public AttemptKey {
        if (jobId == null || jobId.isBlank() || round < 1 || attempt < 1 || attempt > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempt key: expected a job id, round >= 1 and attempt in [1, "
                    + MAX_ATTEMPTS + "], got " + jobId + ", " + round + ", " + attempt);
        }
    }

    /** The first attempt at a round. */
    public static AttemptKey first(String jobId, long round) {
        return new AttemptKey(jobId, round, 1);
    }

    /**
     * The next attempt at the same round.
     *
     * @throws IllegalArgumentException if there were {@link #MAX_ATTEMPTS}
     */
    public AttemptKey next() {
        return new AttemptKey(jobId, round, attempt + 1);
    }
}
