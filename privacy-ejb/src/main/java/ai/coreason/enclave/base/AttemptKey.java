package ai.coreason.enclave.base;

/**
 * One attempt at one round of one job: what a task is for, and what is charged once on a dataset.
 *
 * @param jobId the job
 * @param round from 1
 * @param attempt from 1 to {@link #MAX_ATTEMPTS}; a round that is opened again is a new attempt with a new charge
 */
public record AttemptKey(String jobId, long round, long attempt) {
    /** Most attempts at one round that a message may name. */
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
}
