package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.agent.Session;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.OptionalLong;

/**
 * Seals an update to the job's key and says, with evidence, what it answers and what it cost.
 *
 * <p>HPKE {@code info} is the text {@value #INFO}; {@code aad} is the RFC 8785 canonical JSON of the envelope's header
 * without {@code sealed_sha256} and {@code evidence}, the two members that depend on the sealed bytes.
 */
final class UpdateSeal {
    private static final String INFO = "coreason/update/v1";

    private final EvidenceSource evidence;
    private final String manifestSha256;

    UpdateSeal(EvidenceSource evidence, String manifestSha256) {
        this.evidence = evidence;
        this.manifestSha256 = manifestSha256;
    }

    /**
     * Makes the envelope.
     *
     * @param row the committed charge, which is the ledger's head
     * @param update a safetensors file that passed the airlock
     * @param trainMillis how long training took; only in simulation
     */
    byte[] envelope(Session session, RoundTask task, ChargeRow row, byte[] update, OptionalLong trainMillis) {
        byte[] sealed = Hpke.seal(
                task.hpke().key(), INFO.getBytes(StandardCharsets.UTF_8), aad(session, task, row, trainMillis), update);
        String sealedSha256 = Json.sha256(sealed);
        Evidence quote = evidence.attest(reportData(session, task, row, sealedSha256));
        UpdateHeader header = new UpdateHeader(
                task.jobId(),
                task.jobDigest(),
                task.round(),
                task.attempt(),
                session.nodeId(),
                task.nonce(),
                task.baseDigest(),
                task.planDigest(),
                sealedSha256,
                row.json(),
                quote,
                trainMillis);
        return new UpdateEnvelope(header, sealed).write();
    }

    private static byte[] aad(Session session, RoundTask task, ChargeRow row, OptionalLong trainMillis) {
        ObjectNode bound = answered(task).put("node_id", session.nodeId());
        bound.set("ledger_row", row.json());
        trainMillis.ifPresent(ms -> bound.put("train_ms", ms));
        return Json.canonical(bound);
    }

    private ReportData reportData(Session session, RoundTask task, ChargeRow row, String sealedSha256) {
        ObjectNode members = answered(task)
                .put("node_id", session.nodeId())
                .put("epoch", session.epoch())
                .put("tls_spki_sha384", session.spkiSha384())
                .put("code_manifest_sha256", manifestSha256)
                .put("update_digest", sealedSha256);
        members.remove("job_id");
        members.set("hpke", task.hpke().json());
        members.set("ledger_head", Json.object().put("sequence", row.sequence()).put("hash", row.hash()));
        return ReportData.parse(ReportData.Role.UPDATE, members, "report_data");
    }

    private static ObjectNode answered(RoundTask task) {
        return Json.object()
                .put("job_id", task.jobId().toString())
                .put("job_digest", task.jobDigest())
                .put("round", task.round())
                .put("attempt", task.attempt())
                .put("nonce", Base64.getEncoder().encodeToString(task.nonce()))
                .put("base_digest", task.baseDigest())
                .put("plan_digest", task.planDigest());
    }
}
