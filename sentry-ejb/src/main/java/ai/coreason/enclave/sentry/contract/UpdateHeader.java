package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.plan.Metric;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The plain part of an update: which task it answers, what it cost, and the evidence for exactly these bytes.
 *
 * @param jobId the job
 * @param jobDigest the job's digest
 * @param round the round, from 1
 * @param attempt the attempt, from 1
 * @param nodeId who trained
 * @param nonce the task's nonce, 32 bytes
 * @param baseDigest digest of the base model
 * @param planDigest digest of the plan that was followed
 * @param sealedSha256 SHA-256 of the sealed bytes
 * @param ledgerRow the node's signed ledger row of the charge, as the ledger wrote it
 * @param evidence the quote over this update
 * @param metrics the noised metrics that the plan releases
 * @param trainMillis how long training took, ms; in simulation only, because timings tell about data
 */
public record UpdateHeader(
        UUID jobId,
        String jobDigest,
        int round,
        int attempt,
        String nodeId,
        byte[] nonce,
        String baseDigest,
        String planDigest,
        String sealedSha256,
        ObjectNode ledgerRow,
        Evidence evidence,
        Map<Metric, Double> metrics,
        OptionalLong trainMillis) {

    private static final int MAX_ROUND = 100_000;

    /**
     * Copies the nonce, the ledger row and the metrics.
     *
     * @throws IllegalArgumentException if the nonce does not have 32 bytes
     */
    public UpdateHeader {
        if (nonce.length != RoundTask.NONCE_LENGTH) {
            throw new IllegalArgumentException(
                    "nonce: expected " + RoundTask.NONCE_LENGTH + " bytes, got " + nonce.length);
        }
        nonce = nonce.clone();
        ledgerRow = ledgerRow.deepCopy();
        metrics = Map.copyOf(metrics);
    }

    /** A copy of the nonce. */
    @Override
    public byte[] nonce() {
        return nonce.clone();
    }

    /** A copy of the ledger row. */
    @Override
    public ObjectNode ledgerRow() {
        return ledgerRow.deepCopy();
    }

    /** Whose update it says it is, and for which attempt. */
    public ContributionKey key() {
        return ContributionKey.of(jobId.toString(), round, attempt, nodeId);
    }

    static UpdateHeader parse(JsonNode json) {
        JsonFields f = JsonFields.of(json, "");
        UpdateHeader header = new UpdateHeader(
                Formats.uuid(f, "job_id"),
                Formats.sha256(f, "job_digest"),
                (int) f.whole("round", 1, MAX_ROUND),
                (int) f.whole("attempt", 1, AttemptKey.MAX_ATTEMPTS),
                f.identifier("node_id"),
                Formats.base64(f, "nonce", RoundTask.NONCE_LENGTH, RoundTask.NONCE_LENGTH),
                Formats.sha256(f, "base_digest"),
                Formats.sha256(f, "plan_digest"),
                Formats.sha256(f, "sealed_sha256"),
                Formats.document(f, "ledger_row"),
                Evidence.parse(f.any("evidence", "an object"), f.at("evidence")),
                metrics(f),
                f.has("train_ms") ? OptionalLong.of(f.whole("train_ms", 0, Formats.MAX_WHOLE)) : OptionalLong.empty());
        f.end();
        return header;
    }

    private static Map<Metric, Double> metrics(JsonFields header) {
        Map<Metric, Double> out = new EnumMap<>(Metric.class);
        if (header.has("metrics")) {
            JsonFields f = header.object("metrics");
            for (Metric metric : Metric.values()) {
                f.optionalNumber(metric.wire(), Range.nonNegative()).ifPresent(value -> out.put(metric, value));
            }
            f.end();
        }
        return out;
    }

    /** The header as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object()
                .put("job_id", jobId.toString())
                .put("job_digest", jobDigest)
                .put("round", round)
                .put("attempt", attempt)
                .put("node_id", nodeId)
                .put("nonce", Formats.base64(nonce))
                .put("base_digest", baseDigest)
                .put("plan_digest", planDigest)
                .put("sealed_sha256", sealedSha256);
        out.set("ledger_row", ledgerRow());
        out.set("evidence", evidence.json());
        if (!metrics.isEmpty()) {
            ObjectNode figures = out.putObject("metrics");
            metrics.forEach((metric, value) -> figures.put(metric.wire(), value));
        }
        trainMillis.ifPresent(ms -> out.put("train_ms", ms));
        return out;
    }

    /**
     * What the sealed bytes are bound to: the canonical JSON (RFC 8785) of this header without {@code sealed_sha256} and
     * {@code evidence}, the two members that depend on the sealed bytes.
     */
    public byte[] aad() {
        ObjectNode bound = json();
        bound.remove("sealed_sha256");
        bound.remove("evidence");
        return Json.canonical(bound);
    }

    @Override
    public String toString() {
        return "UpdateHeader[" + jobId + ", round " + round + ", attempt " + attempt + ", " + nodeId + "]";
    }
}
