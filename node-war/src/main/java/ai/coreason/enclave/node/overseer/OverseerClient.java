package ai.coreason.enclave.node.overseer;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.node.overseer.OverseerCalls.Answer;
import ai.coreason.enclave.node.overseer.OverseerCalls.Limits;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.Evidence;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The node's side of the Overseer's interface {@code /api/v1}: one method a request. Every method tries again on
 * connection errors and 5xx, save {@link #nextTask}, whose caller loops anyway. Thread-safe.
 */
public final class OverseerClient {
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration DOWNLOAD = Duration.ofMinutes(2);
    private static final Duration POLL_GRACE = Duration.ofSeconds(15);
    private static final int DETAIL = 2000;
    private static final int TRIES = 6;
    private static final long JSON_BYTES = 8L << 20;
    private static final long EVIDENCE_BYTES = 1L << 20;
    /** The slowest line that an upload is waited for, bytes a second. */
    private static final long SLOWEST = 64 << 10;

    private final OverseerCalls calls;

    /**
     * @param overseer {@code https://host:port}
     * @param tls what the client trusts and shows
     */
    public OverseerClient(URI overseer, SSLContext tls, Backoff backoff, Backoff.Pause pause) {
        this.calls = new OverseerCalls(URI.create(overseer + "/api/v1"), tls, backoff, pause);
    }

    /**
     * The Overseer's evidence and who sent it.
     *
     * @param spkiSha384 of the TLS key at the other end of the connection, lower-case hex
     */
    record Shown(Evidence evidence, String spkiSha384) {}

    /**
     * Asks for the Overseer's own evidence.
     *
     * @param nonce 32 bytes in base64
     */
    Shown evidence(String nodeId, String nonce) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        ObjectNode body = Json.object().put("node_id", nodeId).put("nonce", nonce);
        Answer answer = post("POST /overseer-evidence", "/overseer-evidence", body, EVIDENCE_BYTES);
        return new Shown(
                Evidence.parse(Json.readForeign(answer.body()), ""),
                NodeIdentity.spkiSha384(answer.peer().getPublicKey()));
    }

    /** Asks for an enrolment nonce; base64. */
    public String nonce(String nodeId) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        ObjectNode body = Json.object().put("node_id", nodeId);
        return JsonFields.of(post("POST /enrolments/nonces", "/enrolments/nonces", body), "")
                .text("nonce");
    }

    /** Sends an enrolment and returns its answer. */
    public JsonNode enrol(ObjectNode enrolment) throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        return post("POST /enrolments", "/enrolments", enrolment);
    }

    /** Waits for a task; empty when none came within the time. One try. */
    public Optional<JsonNode> nextTask(Duration wait)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        Limits limits = new Limits(wait.plus(POLL_GRACE), 1, JSON_BYTES);
        Answer answer =
                calls.send("GET /tasks/next", limits, "/tasks/next?wait_seconds=" + wait.toSeconds(), r -> r.GET());
        return answer.status() == 200 ? Optional.of(Json.readForeign(answer.body())) : Optional.empty();
    }

    /**
     * Fetches the base model of a round, going on where a lost connection broke off.
     *
     * @param digest the SHA-256 that the bytes must have, lower-case hex
     * @param bytes the most that are accepted
     * @return a safetensors file
     * @throws InvalidDocument if the bytes have another digest
     */
    public byte[] model(AttemptKey key, String digest, long bytes)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        String path = round(key) + "/model";
        Limits limits = new Limits(DOWNLOAD, TRIES, bytes);
        Answer answer = calls.send("GET " + path, limits, path, r -> r.GET());
        String etag = answer.etag().replaceFirst("^(W/)?\"(.*)\"$", "$2");
        if (!etag.isEmpty() && !etag.equals(digest)) {
            throw InvalidDocument.at("model", "the ETag to be base_digest", etag);
        }
        String came = Digests.sha256Hex(answer.body());
        if (!came.equals(digest)) {
            throw InvalidDocument.at("model", "bytes whose SHA-256 is base_digest", came);
        }
        return answer.body();
    }

    /**
     * Sends the sealed update of one attempt; sending the same sealed bytes again changes nothing.
     *
     * @param upload the sealed bytes behind their envelope, which names the attempt
     */
    public void upload(ContributionKey key, byte[] upload)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        String path = round(key.attempt()) + "/updates/" + key.nodeId();
        Limits limits = new Limits(SHORT.plusSeconds(upload.length / SLOWEST), TRIES, JSON_BYTES);
        String digest = "sha-256=:"
                + Base64.getEncoder().encodeToString(Digests.sha256().digest(upload)) + ":";
        calls.send(
                "PUT " + path,
                limits,
                path,
                r -> r.PUT(BodyPublishers.ofByteArray(upload))
                        .header("Content-Type", "application/octet-stream")
                        .header("Content-Digest", digest));
    }

    /**
     * Asks how far the Overseer has mirrored the ledger of one of this node's datasets.
     *
     * @param nonce comes back in the answer; 64 hex digits
     * @return a countersigned head, not verified
     */
    public JsonNode ledgerHead(String datasetId, String nonce)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        String path = "/ledger-heads/" + datasetId;
        Limits limits = new Limits(SHORT, TRIES, JSON_BYTES);
        Answer answer = calls.send("GET " + path, limits, path + "?nonce=" + nonce, r -> r.GET());
        return Json.readForeign(answer.body());
    }

    /**
     * Hands in ledger rows that are not mirrored yet, in sequence, and the certificates that signed them.
     *
     * @return the countersigned head after them, not verified
     */
    public JsonNode ledgerRows(String datasetId, String nonce, List<ChargeRow> rows, List<X509Certificate> certificates)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        ObjectNode body = Json.object().put("nonce", nonce);
        rows.forEach(r -> body.withArray("rows").add(r.json()));
        certificates.forEach(c -> body.withArray("certificates").add(LedgerCertificates.pem(c)));
        String path = "/ledger-heads/" + datasetId;
        return post("POST " + path, path, body);
    }

    /**
     * Tells that the node leaves an attempt without an update.
     *
     * @param detail why, public values only; cut to 2,000 characters
     */
    public void decline(AttemptKey key, DeclineReason reason, String detail)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        ObjectNode body = Json.object()
                .put("attempt", key.attempt())
                .put("reason", reason.name())
                .put("detail", detail.substring(0, Math.min(detail.length(), DETAIL)));
        String path = round(key) + "/declines";
        Limits limits = new Limits(SHORT, TRIES, JSON_BYTES);
        calls.send("POST " + path, limits, path, r -> r.POST(json(body)).header("Content-Type", "application/json"));
    }

    /** All attempts at a round have one base model and one place for what they give. */
    private static String round(AttemptKey key) {
        return "/jobs/" + key.jobId() + "/rounds/" + key.round();
    }

    private JsonNode post(String name, String path, ObjectNode body)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        return Json.readForeign(post(name, path, body, JSON_BYTES).body());
    }

    private Answer post(String name, String path, ObjectNode body, long bytes)
            throws OverseerRefusal, OverseerUnreachable, InterruptedException {
        Limits limits = new Limits(SHORT, TRIES, bytes);
        return calls.send(name, limits, path, r -> r.POST(json(body)).header("Content-Type", "application/json"));
    }

    private static BodyPublisher json(ObjectNode body) {
        return BodyPublishers.ofByteArray(Json.write(body));
    }
}
