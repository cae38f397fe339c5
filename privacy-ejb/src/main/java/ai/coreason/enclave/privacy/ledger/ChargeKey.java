package ai.coreason.enclave.privacy.ledger;

/**
 * What is charged once: one attempt at one round of one job on one dataset.
 *
 * @param jobId the job
 * @param round from 1
 * @param attempt from 1; a round that is opened again is a new attempt with a new charge
 */
public record ChargeKey(String jobId, long round, long attempt) {
    /** Refuses rounds and attempts below 1. */
    public ChargeKey {
        if (jobId == null || jobId.isBlank() || round < 1 || attempt < 1) {
            throw new IllegalArgumentException("charge key: expected a job id, round >= 1 and attempt >= 1, got "
                    + jobId + ", " + round + ", " + attempt);
        }
    }
}
