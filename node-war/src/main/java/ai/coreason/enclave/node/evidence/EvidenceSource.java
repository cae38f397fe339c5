package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.Evidence;

/** What vouches for this node: makes one quote for one report data. Thread-safe. */
public interface EvidenceSource {
    /**
     * Makes evidence for exactly this report data.
     *
     * @throws IllegalStateException if no quote can be had
     */
    Evidence attest(ReportData reportData);
}
