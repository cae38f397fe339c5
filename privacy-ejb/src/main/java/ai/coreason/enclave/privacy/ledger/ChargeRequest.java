package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import java.util.Optional;

/**
 * What a node is about to spend: one attempt and its privacy terms.
 *
 * @param phase sampling rate, noise multiplier and steps; empty for a mechanism without noise
 * @param maxGradNorm the clipping norm C
 * @param normaliser the expected batch that sums are divided by
 * @param jobLimit the job's own ε limit
 * @param jobDelta the job's own δ, at most the dataset's
 * @param modelDigest SHA-256 of the base model
 * @param measurement what is measured of the code that trains
 */
public record ChargeRequest(
        String datasetId,
        AttemptKey key,
        String jobDigest,
        String nodeId,
        Optional<Phase> phase,
        double maxGradNorm,
        double normaliser,
        double jobLimit,
        double jobDelta,
        String modelDigest,
        String measurement) {}
