package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.AttemptKey;
import java.util.Objects;

/**
 * One node's part in one attempt at a round.
 *
 * @param attempt job, round and attempt
 * @param nodeId the node
 */
public record ContributionKey(AttemptKey attempt, String nodeId) {
    /**
     * Checks the members.
     *
     * @throws IllegalArgumentException if the node's id is blank
     */
    public ContributionKey {
        Objects.requireNonNull(attempt, "attempt");
        if (nodeId == null || nodeId.isBlank()) {
            throw new IllegalArgumentException("node id: expected one, got " + nodeId);
        }
    }

    /** The part of a node in an attempt. */
    public static ContributionKey of(String jobId, long round, long attempt, String nodeId) {
        return new ContributionKey(new AttemptKey(jobId, round, attempt), nodeId);
    }

    /** The job. */
    public String jobId() {
        return attempt.jobId();
    }

    /** From 1. */
    public long round() {
        return attempt.round();
    }
}
