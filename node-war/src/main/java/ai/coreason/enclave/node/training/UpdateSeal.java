package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.agent.Session;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.privacy.dpsgd.Metric;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
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

/** Seals an update to the job's key and says, with evidence for just these bytes, what it answers and what it cost. */
final class UpdateSeal {
    /** Stand for the two members that {@link UpdateHeader#aad()} leaves out. */
    private static final String NO_DIGEST = "0".repeat(64);

    private static final Evidence NO_EVIDENCE = new Evidence(HardwareType.SIMULATED, new byte[1], Json.object());

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
    record Terms(
            Session session, RoundTask task, ChargeRow row, Map<Metric, Double> metrics, OptionalLong trainMillis) {
        private UpdateHeader header(String sealedSha256, Evidence evidence) {
            return new UpdateHeader(
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
                    evidence,
                    metrics,
                    trainMillis);
        }
    }

    /**
     * Makes the envelope.
     *
     * @param update a safetensors file that passed the airlock
     */
    byte[] envelope(Terms terms, byte[] update) {
        byte[] aad = terms.header(NO_DIGEST, NO_EVIDENCE).aad();
        byte[] sealed = Hpke.seal(terms.task().hpke().key(), UpdateEnvelope.sealInfo(), aad, update);
        String sealedSha256 = Json.sha256(sealed);
        Evidence quote = evidence.attest(reportData(terms, sealedSha256));
        return new UpdateEnvelope(terms.header(sealedSha256, quote), sealed).write();
    }

    private ReportData reportData(Terms terms, String sealedSha256) {
        RoundTask task = terms.task();
        ObjectNode members = Json.object()
                .put("node_id", terms.session().nodeId())
                .put("epoch", terms.session().epoch())
                .put("nonce", Base64.getEncoder().encodeToString(task.nonce()))
                .put("tls_spki_sha384", terms.session().spkiSha384())
                .put("code_manifest_sha256", manifestSha256)
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
        return ReportData.parse(ReportData.Role.UPDATE, members, "report_data");
    }
}
