package ai.coreason.enclave.sentry.contract.update;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a node says of an update: which task it answers and what it cost. All of it is bound to the sealed bytes, so none of
 * it depends on them.
 *
 * @param key whose update it is, and for which attempt
 * @param jobDigest the job's digest
 * @param nonce the task's nonce, 32 bytes
 * @param baseDigest digest of the base model
 * @param planDigest digest of the plan that was followed
 * @param ledgerRow the node's signed ledger row of the charge, as the ledger wrote it
 * @param metrics the noised metrics that the plan releases
 * @param trainMillis how long training took, ms; in simulation only, because timings tell about data
 */
public record UpdateStatement(
        ContributionKey key,
        String jobDigest,
        byte[] nonce,
        String baseDigest,
        String planDigest,
        ObjectNode ledgerRow,
        Map<Metric, Double> metrics,
        OptionalLong trainMillis) {
    /** Where the members of an envelope go that depend on the sealed bytes: one before, one behind this. */
    static final String LEDGER_ROW = "ledger_row";

    private static final int MAX_ROUND = 100_000;

    /**
     * Copies the nonce, the ledger row and the metrics.
     *
     * @throws IllegalArgumentException if the nonce does not have 32 bytes
     */
    public UpdateStatement {
        if (nonce.length != RoundTask.NONCE_LENGTH) {
            throw new IllegalArgumentException(
                    "nonce: expected " + RoundTask.NONCE_LENGTH + " bytes, got " + nonce.length);
        }
        nonce = nonce.clone();
        ledgerRow = ledgerRow.deepCopy();
        Map<Metric, Double> inOrder = new EnumMap<>(Metric.class);
        inOrder.putAll(metrics);
        metrics = Collections.unmodifiableMap(inOrder);
    }

    /**
     * A node's answer to a task.
     *
     * @param ledgerRow the committed charge
     */
    public static UpdateStatement of(
            RoundTask task,
            String nodeId,
            ObjectNode ledgerRow,
            Map<Metric, Double> metrics,
            OptionalLong trainMillis) {
        return new UpdateStatement(
                new ContributionKey(task.key(), nodeId),
                task.jobDigest(),
                task.nonce(),
                task.baseDigest(),
                task.planDigest(),
                ledgerRow,
                metrics,
                trainMillis);
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

    /**
     * Reads a statement.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static UpdateStatement parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        UpdateStatement statement = read(f);
        f.end();
        return statement;
    }

    /** Reads the members of a statement from an object that has more. */
    static UpdateStatement read(JsonFields f) {
        String jobId = Formats.uuid(f, "job_id");
        String jobDigest = Formats.sha256(f, "job_digest");
        AttemptKey attempt =
                new AttemptKey(jobId, f.whole("round", 1, MAX_ROUND), f.whole("attempt", 1, AttemptKey.MAX_ATTEMPTS));
        return new UpdateStatement(
                new ContributionKey(attempt, f.identifier("node_id")),
                jobDigest,
                Formats.base64(f, "nonce", RoundTask.NONCE_LENGTH, RoundTask.NONCE_LENGTH),
                Formats.sha256(f, "base_digest"),
                Formats.sha256(f, "plan_digest"),
                Formats.document(f, LEDGER_ROW),
                metrics(f),
                f.has("train_ms") ? OptionalLong.of(f.whole("train_ms", 0, Formats.MAX_WHOLE)) : OptionalLong.empty());
    }

    private static Map<Metric, Double> metrics(JsonFields statement) {
        Map<Metric, Double> out = new EnumMap<>(Metric.class);
        if (statement.has("metrics")) {
            JsonFields f = statement.object("metrics");
            for (Metric metric : Metric.values()) {
                f.optionalNumber(metric.wire(), Range.nonNegative()).ifPresent(value -> out.put(metric, value));
            }
            f.end();
        }
        return out;
    }

    /** The statement as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object()
                .put("job_id", key.jobId())
                .put("job_digest", jobDigest)
                .put("round", key.round())
                .put("attempt", key.attempt().attempt())
                .put("node_id", key.nodeId())
                .put("nonce", Formats.base64(nonce))
                .put("base_digest", baseDigest)
                .put("plan_digest", planDigest);
        out.set(LEDGER_ROW, ledgerRow());
        if (!metrics.isEmpty()) {
            ObjectNode figures = out.putObject("metrics");
            metrics.forEach((metric, value) -> figures.put(metric.wire(), value));
        }
        trainMillis.ifPresent(ms -> out.put("train_ms", ms));
        return out;
    }

    /** What the sealed bytes are bound to: the canonical JSON (RFC 8785) of this statement. */
    public byte[] aad() {
        return Json.canonical(json());
    }

    @Override
    public String toString() {
        return "UpdateStatement[" + key.jobId() + ", round " + key.round() + ", attempt "
                + key.attempt().attempt() + ", " + key.nodeId() + "]";
    }
}
