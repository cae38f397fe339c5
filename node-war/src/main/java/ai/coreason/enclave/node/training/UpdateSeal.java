package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;

/**
 * Seals an update to the job's key, once, and vouches for the sealed bytes each time they are sent. So a node that enrolled anew
 * in between sends the same sealed bytes with evidence of its present session, and a quote that cannot be had now costs no
 * training.
 */
final class UpdateSeal {
    private final EvidenceSource evidence;
    private final String manifestSha256;

    UpdateSeal(EvidenceSource evidence, String manifestSha256) {
        this.evidence = evidence;
        this.manifestSha256 = manifestSha256;
    }

    /**
     * Seals an update.
     *
     * @param to the job's key
     * @param update a safetensors file that passed the airlock
     * @return what is kept
     */
    byte[] seal(UpdateStatement statement, SealingKey to, byte[] update) {
        return new KeptUpdate(SealedUpdate.seal(statement, to, update), to).write();
    }

    /**
     * Makes what is sent: the same sealed bytes with fresh evidence, under the task's nonce as before.
     *
     * @param kept what {@link #seal} made
     * @throws IllegalStateException if no quote can be had
     */
    byte[] attest(Session session, byte[] kept) {
        KeptUpdate read = KeptUpdate.parse(kept);
        SealedUpdate update = read.update();
        ReportData reportData = ReportData.update(
                        update.statement(), update.digest(), session.epoch(), session.spkiSha384())
                .withSealingKey(read.to())
                .withManifest(manifestSha256);
        return UpdateEnvelope.upload(update, evidence.attest(reportData.readable()));
    }
}
