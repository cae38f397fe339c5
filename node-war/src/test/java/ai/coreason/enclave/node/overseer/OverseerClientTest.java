package ai.coreason.enclave.node.overseer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OverseerClientTest {
    private static final String JOB = "3c7b4a1e-93a5-4d4b-9d4f-1f0b6a3f2c11";

    private final List<Duration> pauses = new ArrayList<>();
    private TlsOverseer overseer;
    private OverseerClient client;

    @BeforeEach
    void start() throws Exception {
        overseer = new TlsOverseer();
        client = overseer.client(pauses::add);
    }

    @AfterEach
    void stop() {
        overseer.close();
    }

    @Test
    void nextTask_answered204_isEmpty() throws Exception {
        AtomicReference<String> query = new AtomicReference<>();
        overseer.on("/tasks/next", exchange -> {
            query.set(exchange.getRequestURI().getQuery());
            TlsOverseer.answer(204, "text/plain", new byte[0]).handle(exchange);
        });

        assertThat(client.nextTask(Duration.ofSeconds(20))).isEmpty();
        assertThat(query.get()).isEqualTo("wait_seconds=20");
    }

    @Test
    void nextTask_answered200_isTheDocument() throws Exception {
        overseer.on(
                "/tasks/next",
                TlsOverseer.answer(200, "application/json", "{\"round\":3}".getBytes(StandardCharsets.UTF_8)));

        assertThat(client.nextTask(Duration.ofSeconds(1)))
                .hasValueSatisfying(
                        task -> assertThat(task.path("round").asInt()).isEqualTo(3));
    }

    @Test
    void nextTask_answered503_isNotTriedAgain() {
        AtomicInteger calls = counted("/tasks/next", 503);

        assertThatThrownBy(() -> client.nextTask(Duration.ofSeconds(1)))
                .isInstanceOf(OverseerUnreachable.class)
                .hasMessage("GET /tasks/next failed 1 time, at last: answered 503");
        assertThat(calls).hasValue(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void upload_answered503Twice_sendsTheSameBytesAgain() throws Exception {
        byte[] envelope = "sealed".getBytes(StandardCharsets.UTF_8);
        List<String> bodies = new ArrayList<>();
        List<Headers> headers = new ArrayList<>();
        overseer.on("/jobs/", exchange -> {
            bodies.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " "
                            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            headers.add(exchange.getRequestHeaders());
            TlsOverseer.answer(bodies.size() < 3 ? 503 : 202, "application/json", "{}".getBytes(StandardCharsets.UTF_8))
                    .handle(exchange);
        });

        client.upload(ContributionKey.of(JOB, 2, 1, "node_a"), envelope);

        String request = "PUT /api/v1/jobs/" + JOB + "/rounds/2/updates/node_a sealed";
        assertThat(bodies).containsExactly(request, request, request);
        String digest =
                Base64.getEncoder().encodeToString(java.util.HexFormat.of().parseHex(Digests.sha256Hex(envelope)));
        assertThat(headers).allSatisfy(h -> {
            assertThat(h.getFirst("Content-Digest")).isEqualTo("sha-256=:" + digest + ":");
            assertThat(h.getFirst("Content-Type")).isEqualTo("application/octet-stream");
        });
        assertThat(pauses).hasSize(2);
    }

    @Test
    void upload_overseerIsBusy_comesAgainNotBeforeItIsAsked() throws Exception {
        List<String> came = new ArrayList<>();
        overseer.on("/jobs/", exchange -> {
            came.add(exchange.getRequestMethod());
            if (came.size() == 1) {
                exchange.getResponseHeaders().set("Retry-After", "5");
                TlsOverseer.problem(503, "unavailable", "not now").handle(exchange);
            } else {
                TlsOverseer.answer(202, "application/json", "{}".getBytes(StandardCharsets.UTF_8))
                        .handle(exchange);
            }
        });

        client.upload(ContributionKey.of(JOB, 1, 1, "node_a"), new byte[4]);

        assertThat(came).hasSize(2);
        assertThat(pauses).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void upload_answered409_isRefusedAtOnceAndFinal() {
        overseer.on("/jobs/", TlsOverseer.problem(409, "other-bytes", "another update is there"));

        assertThatThrownBy(() -> client.upload(ContributionKey.of(JOB, 1, 1, "node_a"), new byte[4]))
                .isInstanceOfSatisfying(OverseerRefusal.class, e -> {
                    assertThat(e.status()).isEqualTo(409);
                    assertThat(e.slug()).isEqualTo("other-bytes");
                    assertThat(e.isFinal()).isTrue();
                    assertThat(e.concernsIdentity()).isFalse();
                    assertThat(e)
                            .hasMessage(
                                    "PUT /jobs/" + JOB
                                            + "/rounds/1/updates/node_a was answered 409 (other-bytes): another update is there");
                });
        assertThat(pauses).isEmpty();
    }

    @Test
    void upload_answered401_concernsIdentityAndIsNotFinal() {
        overseer.on("/jobs/", TlsOverseer.problem(401, "certificate-revoked", "a later epoch is enrolled"));

        assertThatThrownBy(() -> client.upload(ContributionKey.of(JOB, 1, 1, "node_a"), new byte[4]))
                .isInstanceOfSatisfying(OverseerRefusal.class, e -> {
                    assertThat(e.concernsIdentity()).isTrue();
                    assertThat(e.isFinal()).isFalse();
                });
    }

    @Test
    void decline_refusedWithControlCharactersAndNoProblem_messageIsPrintable() {
        overseer.on("/jobs/", TlsOverseer.answer(404, "text/html", "<html>\n".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> client.decline(new AttemptKey(JOB, 1, 1), DeclineReason.BUDGET, "no"))
                .isInstanceOf(OverseerRefusal.class)
                .hasMessageEndingWith("was answered 404: a body of 7 bytes that is no problem document");
    }

    @Test
    void decline_sendsReasonAndDetail() throws Exception {
        AtomicReference<String> body = new AtomicReference<>();
        overseer.on("/jobs/" + JOB + "/rounds/4/declines", exchange -> {
            body.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
        });

        client.decline(new AttemptKey(JOB, 4, 2), DeclineReason.SCHEMA, "missing chol 3");

        assertThat(body.get()).isEqualTo("{\"attempt\":2,\"reason\":\"SCHEMA\",\"detail\":\"missing chol 3\"}");
    }

    @Test
    void upload_answered403_isFinalAndDoesNotConcernIdentity() {
        overseer.on("/jobs/", TlsOverseer.problem(403, "forbidden", "no task in this round"));

        assertThatThrownBy(() -> client.upload(ContributionKey.of(JOB, 1, 1, "node_a"), new byte[4]))
                .isInstanceOfSatisfying(OverseerRefusal.class, e -> {
                    assertThat(e.concernsIdentity()).isFalse();
                    assertThat(e.isFinal()).isTrue();
                });
    }

    @Test
    void ledgerHead_sendsTheNonceAndReturnsTheDocument() throws Exception {
        List<String> queries = new ArrayList<>();
        overseer.on("/ledger-heads/heart", exchange -> {
            queries.add(exchange.getRequestURI().getQuery());
            TlsOverseer.answer(
                            200,
                            "application/json",
                            "{\"sequence\":4,\"hash\":\"ab\"}".getBytes(StandardCharsets.UTF_8))
                    .handle(exchange);
        });

        assertThat(client.ledgerHead("heart", "cd"))
                .isEqualTo(Json.object().put("sequence", 4).put("hash", "ab"));
        assertThat(queries).containsExactly("nonce=cd");
    }

    @Test
    void model_brokenOff_goesOnWhereItStopped() throws Exception {
        byte[] model = new byte[100_000];
        new Random(1).nextBytes(model);
        String digest = Digests.sha256Hex(model);
        List<String> ranges = new ArrayList<>();
        overseer.on("/jobs/", exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range + " if " + exchange.getRequestHeaders().getFirst("If-Range"));
            exchange.getResponseHeaders().set("ETag", '"' + digest + '"');
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (from > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (model.length - 1) + "/" + model.length);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, model.length - from);
            int until = from > 0 ? model.length : 60_000;
            exchange.getResponseBody().write(model, from, until - from);
            exchange.getResponseBody().flush();
        });

        assertThat(client.model(new AttemptKey(JOB, 1, 1), digest, 1 << 20)).isEqualTo(model);

        assertThat(ranges).hasSize(2);
        assertThat(ranges.get(0)).isEqualTo("null if null");
        assertThat(ranges.get(1)).matches("bytes=[1-9]\\d*- if \"" + digest + "\"");
    }

    @Test
    void model_otherBytes_isRefused() {
        overseer.on("/jobs/", TlsOverseer.answer(200, "application/octet-stream", new byte[] {1, 2, 3}));

        assertThatThrownBy(() -> client.model(new AttemptKey(JOB, 1, 1), "00".repeat(32), 1 << 20))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("model: expected bytes whose SHA-256 is base_digest, got 039058c6f2c0cb49");
    }

    @Test
    void model_longerThanItsGraph_isRefusedBeforeItIsRead() {
        overseer.on("/jobs/", TlsOverseer.answer(200, "application/octet-stream", new byte[5000]));

        assertThatThrownBy(() -> client.model(new AttemptKey(JOB, 1, 1), "00".repeat(32), 4999))
                .isInstanceOf(OverseerUnreachable.class)
                .hasMessageContaining("expected at most 4999 bytes, got 5000");
    }

    @Test
    void nonce_answered429_isAskedAgainLater() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        overseer.on(
                "/enrolments/nonces",
                exchange -> TlsOverseer.answer(
                                calls.incrementAndGet() < 3 ? 429 : 201,
                                "application/json",
                                "{\"nonce\": \"n\", \"expires_at\": \"x\"}".getBytes(StandardCharsets.UTF_8))
                        .handle(exchange));

        assertThat(client.nonce("node_a")).isEqualTo("n");
        assertThat(pauses).hasSize(2);
    }

    @Test
    void model_otherEtag_isRefused() {
        byte[] model = {1, 2, 3};
        overseer.on("/jobs/", exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"abc\"");
            TlsOverseer.answer(200, "application/octet-stream", model).handle(exchange);
        });

        assertThatThrownBy(() -> client.model(new AttemptKey(JOB, 1, 1), Digests.sha256Hex(model), 1 << 20))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("model: expected the ETag to be base_digest, got abc");
    }

    @Test
    void nonce_serverNotOfTheFederation_isUnreachableByTls() throws Exception {
        try (TlsOverseer stranger = new TlsOverseer()) {
            OverseerClient misled = new OverseerClient(
                    stranger.uri(), OverseerTrust.of(overseer.roots()).anonymous(), TlsOverseer.backoff(), pauses::add);

            assertThatThrownBy(() -> misled.nonce("node_a"))
                    .isInstanceOfSatisfying(
                            OverseerUnreachable.class,
                            e -> assertThat(e.concernsIdentity()).isTrue());
        }
    }

    @Test
    void nonce_serverGone_isTriedSixTimesWithGrowingPauses() {
        overseer.close();

        assertThatThrownBy(() -> client.nonce("node_a"))
                .isInstanceOf(OverseerUnreachable.class)
                .hasMessageStartingWith("POST /enrolments/nonces failed 6 times, at last: ConnectException");
        assertThat(pauses).hasSize(5);
        for (int i = 0; i < pauses.size(); i++) {
            assertThat(pauses.get(i)).isBetween(Duration.ofMillis(50L << i), Duration.ofMillis(100L << i));
        }
    }

    private AtomicInteger counted(String path, int status) {
        AtomicInteger calls = new AtomicInteger();
        overseer.on(path, exchange -> {
            calls.incrementAndGet();
            TlsOverseer.answer(status, "text/plain", new byte[0]).handle(exchange);
        });
        return calls;
    }
}
