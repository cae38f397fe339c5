package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.overseer.TlsOverseer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.LedgerSeal;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.airlock.Airlock;
import ai.coreason.enclave.sentry.airlock.Airlock.Cargo;
import ai.coreason.enclave.sentry.airlock.Airlock.Limits;
import ai.coreason.enclave.sentry.airlock.Passage;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.seal.Hpke;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** An Overseer of one job that keeps what a node sends it. */
final class Federation implements AutoCloseable {
    static final String JOB = "3c7b4a1e-93a5-4d4b-9d4f-1f0b6a3f2c11";

    final List<byte[]> uploads = new ArrayList<>();
    final List<String> declines = new ArrayList<>();
    final List<JsonNode> rows = new ArrayList<>();
    int uploadStatus = 202;
    ObjectNode ledgerHead;
    boolean takesRows = true;
    int rowsACall = Integer.MAX_VALUE;
    byte[] model;

    private final TlsOverseer overseer = new TlsOverseer();
    private final Hpke.KeyPair keys = Hpke.newKeyPair();
    private final RowSigner signer;
    private final LedgerSeal seal;

    Federation(String genesis) throws Exception {
        signer = overseer.signer("node_a");
        seal = overseer.seal();
        ledgerHead = Json.object().put("sequence", 0).put("hash", genesis);
        overseer.on("/jobs/", this::round);
        overseer.on("/ledger-heads/", this::ledger);
    }

    private void round(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (path.endsWith("/model")) {
            exchange.getResponseHeaders().set("ETag", '"' + Digests.sha256Hex(model) + '"');
            TlsOverseer.answer(200, "application/octet-stream", model).handle(exchange);
        } else if (path.endsWith("/declines")) {
            JsonNode decline = Json.read(body);
            declines.add(decline.path("reason").asText() + ": "
                    + decline.path("detail").asText());
            TlsOverseer.answer(204, "text/plain", new byte[0]).handle(exchange);
        } else if (uploadStatus == 202) {
            uploads.add(body);
            TlsOverseer.answer(202, "application/json", Json.write(Json.object()))
                    .handle(exchange);
        } else {
            TlsOverseer.problem(uploadStatus, "test", "not now").handle(exchange);
        }
    }

    private void ledger(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String nonce = exchange.getRequestURI().getQuery();
        if (body.length > 0) {
            JsonNode posted = Json.read(body);
            nonce = "nonce=" + posted.path("nonce").asText();
            int taken = 0;
            for (JsonNode row : posted.path("rows")) {
                take(row, taken++ < rowsACall);
            }
        }
        LedgerHead head = new LedgerHead(
                "node_a",
                "heart",
                ledgerHead.path("sequence").asLong(),
                ledgerHead.path("hash").asText(),
                nonce.substring("nonce=".length()),
                Instant.now());
        TlsOverseer.answer(200, "application/json", Json.write(head.signed(seal)))
                .handle(exchange);
    }

    private void take(JsonNode row, boolean first) {
        rows.add(row);
        if (takesRows && first) {
            ledgerHead
                    .put("sequence", row.path("sequence").asLong())
                    .put("hash", row.path("hash").asText());
        }
    }

    /** Trust in this federation's authority. */
    LedgerTrust trust() {
        return overseer.trust();
    }

    /** A session whose pauses take no time. */
    Session session() {
        return session(3, "ab".repeat(48));
    }

    /** A session of a later enrolment. */
    Session session(long epoch, String spkiSha384) {
        return new Session(
                overseer.client(delay -> {}),
                "node_a",
                epoch,
                spkiSha384,
                signer,
                overseer.trust(),
                Instant.parse("2100-01-01T00:00:00Z"));
    }

    /** A task of a job whose base model has these weights. */
    RoundTask task(ObjectNode document, int round, int attempt, TrainingPlan plan, float weight) {
        FederationJob job = Jobs.job(document);
        model = Airlock.write(
                job.model(),
                Weights.of(job.model(), Map.of("fc.weight", new float[] {weight, weight}, "fc.bias", new float[] {0})),
                Map.of());
        return new RoundTask(
                new AttemptKey(JOB, round, attempt),
                new byte[32],
                Digests.sha256Hex(model),
                plan,
                Instant.parse("2100-01-01T00:00:00Z"),
                job,
                new SealingKey(keys.publicKey()));
    }

    /** What an upload brings. */
    static SealedUpdate sealed(byte[] upload) {
        try {
            return UpdateEnvelope.readSealed(new ByteArrayInputStream(upload), upload.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens an upload as the Overseer does. */
    Weights open(ModelGraph graph, byte[] upload) {
        byte[] plain = sealed(upload).open(keys);
        Passage passage = Airlock.check(
                graph, Safetensors.read(plain), Cargo.UPDATE, new Limits(Map.of(), OptionalDouble.empty()));
        return ((Passage.Admitted) passage).weights();
    }

    @Override
    public void close() {
        overseer.close();
    }
}
