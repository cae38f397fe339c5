package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Seals an update to the job's key, once, and vouches for the sealed bytes each time they are sent.
 *
 * <p>An envelope that is kept has everything but its quote: the report data in it lacks what a session adds, the epoch and
 * the TLS key. So a node that enrolled anew in between sends the same sealed bytes with evidence of its present session, and
 * a quote that cannot be had now costs no training.
 */
final class UpdateSeal {
    /** Stand for what is not known yet; {@link UpdateHeader#aad()} leaves both members out. */
    private static final String NO_DIGEST = "0".repeat(64);

    private static final byte[] NO_QUOTE = new byte[1];

    private final EvidenceSource evidence;
    private final String manifestSha256;

    UpdateSeal(EvidenceSource evidence, String manifestSha256) {
        this.evidence = evidence;
        this.manifestSha256 = manifestSha256;
    }

    /**
     * What an envelope answers and what it cost.
     *
     * @param row the committed charge, which is the ledger's head
     * @param metrics what the plan releases besides the weights
     * @param trainMillis how long training took; only in simulation
     */
    record Terms(String nodeId, RoundTask task, ChargeRow row, Map<Metric, Double> metrics, OptionalLong trainMillis) {
        private UpdateHeader header(String sealedSha256, ObjectNode reportData) {
            return new UpdateHeader(
                    task.jobId(),
                    task.jobDigest(),
                    task.round(),
                    task.attempt(),
                    nodeId,
                    task.nonce(),
                    task.baseDigest(),
                    task.planDigest(),
                    sealedSha256,
                    row.json(),
                    new Evidence(HardwareType.SIMULATED, NO_QUOTE, reportData),
                    metrics,
                    trainMillis);
        }
    }

    /**
     * Seals an update and makes the envelope that is kept.
     *
     * @param update a safetensors file that passed the airlock
     */
    byte[] seal(Terms terms, byte[] update) {
        byte[] aad = terms.header(NO_DIGEST, Json.object()).aad();
        byte[] sealed = Hpke.seal(terms.task().hpke().key(), UpdateEnvelope.sealInfo(), aad, update);
        String sealedSha256 = Digests.sha256Hex(sealed);
        return new UpdateEnvelope(terms.header(sealedSha256, reportData(terms, sealedSha256)), sealed).write();
    }

    /**
     * Makes the envelope that is sent: the same but for fresh evidence, under the task's nonce as before.
     *
     * @throws IllegalStateException if no quote can be had
     */
    byte[] attest(Session session, byte[] kept) {
        UpdateEnvelope envelope = UpdateEnvelope.parse(kept);
        UpdateHeader header = envelope.header();
        ObjectNode members = header.evidence()
                .reportData()
                .put("epoch", session.epoch())
                .put("tls_spki_sha384", session.spkiSha384())
                .put("code_manifest_sha256", manifestSha256);
        Evidence fresh = evidence.attest(ReportData.parse(ReportData.Role.UPDATE, members, "report_data"));
        UpdateHeader vouched = new UpdateHeader(
                header.jobId(),
                header.jobDigest(),
                header.round(),
                header.attempt(),
                header.nodeId(),
                header.nonce(),
                header.baseDigest(),
                header.planDigest(),
                header.sealedSha256(),
                header.ledgerRow(),
                fresh,
                header.metrics(),
                header.trainMillis());
        return new UpdateEnvelope(vouched, envelope.sealed()).write();
    }

    private static ObjectNode reportData(Terms terms, String sealedSha256) {
        RoundTask task = terms.task();
        ObjectNode members = Json.object()
                .put("node_id", terms.nodeId())
                .put("nonce", Base64.getEncoder().encodeToString(task.nonce()))
                .put("job_digest", task.jobDigest())
                .put("round", task.round())
                .put("attempt", task.attempt())
                .put("base_digest", task.baseDigest())
                .put("plan_digest", task.planDigest())
                .put("update_digest", sealedSha256);
        members.set("hpke", task.hpke().json());
        members.set(
                "ledger_head",
                Json.object()
                        .put("sequence", terms.row().sequence())
                        .put("hash", terms.row().hash()));
        return members;
    }
}
