package ai.coreason.enclave.node.overseer;

import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import java.time.Instant;

/**
 * What one enrolment gave the node: a certificate's lifetime of calls under one epoch.
 *
 * @param client calls that show the certificate
 * @param nodeId the node's name
 * @param epoch the number of the enrolment, rising
 * @param spkiSha384 lower-case hex SHA-384 of the TLS key that the certificate is for
 * @param signer answers for ledger rows with the key of that certificate
 * @param trust the federation's authorities, for what an Overseer signs
 * @param renewAt when to enrol anew, well before the certificate expires
 */
public record Session(
        OverseerClient client,
        String nodeId,
        long epoch,
        String spkiSha384,
        RowSigner signer,
        LedgerTrust trust,
        Instant renewAt) {
    /** Whether the session is still good for calls. */
    public boolean isCurrent(Instant now) {
        return now.isBefore(renewAt);
    }
}
