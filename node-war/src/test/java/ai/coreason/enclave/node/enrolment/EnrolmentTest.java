package ai.coreason.enclave.node.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.enrolment.Enrolment.Holdings;
import ai.coreason.enclave.node.enrolment.Enrolment.Self;
import ai.coreason.enclave.node.overseer.Backoff;
import ai.coreason.enclave.node.overseer.NodeIdentity;
import ai.coreason.enclave.node.overseer.OverseerProof;
import ai.coreason.enclave.node.overseer.OverseerProofTest;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.overseer.TlsOverseer;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String NONCE = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String MANIFEST = "ab".repeat(32);

    @TempDir
    Path folder;

    private final AtomicReference<JsonNode> sent = new AtomicReference<>();
    private final AtomicReference<ReportData> quoted = new AtomicReference<>();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private volatile int answersLost;
    private TlsOverseer overseer;
    private Path token;
    private ObjectNode answer;

    @BeforeEach
    void start() throws Exception {
        overseer = new TlsOverseer();
        token = Files.writeString(folder.resolve("token"), "first-token\n");
        Files.writeString(folder.resolve("ca.pem"), overseer.caPem());
        answer = Json.object()
                .put("node_id", "node_a")
                .put("epoch", 7)
                .put("expires_at", NOW.plusSeconds(3 * 3600).toString());
        overseer.on(
                "/enrolments/nonces",
                TlsOverseer.answer(
                        201, "application/json", Json.write(Json.object().put("nonce", NONCE))));
        overseer.on("/enrolments", this::enrol);
    }

    @AfterEach
    void stop() {
        overseer.close();
    }

    @Test
    void enrol_accepted_givesASessionThatShowsTheCertificate() throws Exception {
        AtomicReference<String> peer = new AtomicReference<>();
        overseer.on("/tasks/next", exchange -> {
            peer.set(((HttpsExchange) exchange)
                    .getSSLSession()
                    .getPeerPrincipal()
                    .getName());
            TlsOverseer.answer(204, "text/plain", new byte[0]).handle(exchange);
        });

        Session session = enrolment().enrol();
        session.client().nextTask(Duration.ofSeconds(1));

        assertThat(peer.get()).isEqualTo("CN=node_a");
        assertThat(session.epoch()).isEqualTo(7);
        assertThat(session.renewAt()).isEqualTo(NOW.plusSeconds(2 * 3600));
        assertThat(tokens()).singleElement().satisfies(this::wasTold);
    }

    @Test
    void enrol_sendsEvidenceOverNonceKeyCodeAndLedger() throws Exception {
        Session session = enrolment().enrol();

        JsonNode request = sent.get();
        assertThat(request.path("token").textValue()).isEqualTo("first-token");
        assertThat(request.path("nonce").textValue()).isEqualTo(NONCE);
        assertThat(request.path("insecure").booleanValue()).isTrue();
        assertThat(request.path("evidence").path("hardware_type").textValue()).isEqualTo("SIMULATED");
        assertThat(quoted.get().role()).isEqualTo(ReportData.Role.ENROLMENT);
        JsonNode sent = request.path("evidence").path("report_data_json");
        assertThat(sent)
                .isEqualTo(Json.read("{\"node_id\":\"node_a\",\"nonce\":\"" + NONCE + "\",\"tls_spki_sha384\":\""
                        + session.spkiSha384() + "\",\"code_manifest_sha256\":\"" + MANIFEST
                        + "\",\"ledger_head\":{\"sequence\":3,\"hash\":\"" + "cd".repeat(32) + "\"}}"));
        assertThat(Json.canonical(sent)).isEqualTo(Json.canonical(quoted.get().json()));
    }

    @Test
    void enrol_overseerThatCannotProveItself_isToldNothing() throws Exception {
        overseer.on("/overseer-evidence", TlsOverseer.problem(404, "not-found", "none"));
        OverseerProof proof = OverseerProofTest.demand(folder);

        assertThatThrownBy(() -> enrolment(Optional.of(proof)).enrol())
                .isInstanceOf(OverseerRefusal.class)
                .hasMessageStartingWith("POST /overseer-evidence was answered 404");

        assertThat(requests).isEmpty();
        assertThat(tokens()).containsExactly("first-token");
    }

    @Test
    void enrol_twice_usesANewKeyAndTheNextToken() throws Exception {
        Enrolment enrolment = enrolment();
        String first = enrolment.enrol().spkiSha384();
        String second = tokens().get(0);

        assertThat(enrolment.enrol().spkiSha384()).isNotEqualTo(first);
        assertThat(sent.get().path("token").textValue()).isEqualTo(second);
        assertThat(tokens()).singleElement().isNotEqualTo(second).satisfies(this::wasTold);
    }

    @Test
    void enrol_answerLost_enrolsWithTheTokenThatItHadChosen() throws Exception {
        answersLost = Integer.MAX_VALUE;
        assertThatThrownBy(() -> enrolment().enrol()).isInstanceOf(OverseerUnreachable.class);
        assertThat(tokens()).hasSize(2).first().isEqualTo("first-token");
        String chosen = tokens().get(1);
        wasTold(chosen);

        answersLost = 0;
        used.add("first-token");
        assertThat(enrolment().enrol().epoch()).isEqualTo(7);

        assertThat(sent.get().path("token").textValue()).isEqualTo(chosen);
        assertThat(tokens()).singleElement().isNotEqualTo(chosen).satisfies(this::wasTold);
    }

    @Test
    void enrol_requestNeverArrived_enrolsWithTheFirstTokenAndTellsTheSameNext() throws Exception {
        answersLost = Integer.MAX_VALUE;
        assertThatThrownBy(() -> enrolment().enrol()).isInstanceOf(OverseerUnreachable.class);
        String chosen = tokens().get(1);

        answersLost = 0;
        enrolment().enrol();

        assertThat(sent.get().path("token").textValue()).isEqualTo("first-token");
        assertThat(tokens()).containsExactly(chosen);
        wasTold(chosen);
    }

    @Test
    void enrol_lostOnce_sendsTheSameRequestAgain() throws Exception {
        answersLost = 1;

        enrolment().enrol();

        assertThat(requests).hasSize(2);
        assertThat(requests.get(1)).isEqualTo(requests.get(0));
        assertThat(tokens()).singleElement().satisfies(this::wasTold);
    }

    @Test
    void enrol_allTokensRefused_keepsThemAndNoMore() throws Exception {
        Files.writeString(token, "first-token\nsecond-token\n");
        used.addAll(Set.of("first-token", "second-token"));

        assertThatThrownBy(() -> enrolment().enrol())
                .isInstanceOf(OverseerRefusal.class)
                .hasMessageContaining("401");

        assertThat(requests)
                .extracting(r -> r.path("token").textValue())
                .containsExactly("first-token", "second-token");
        assertThat(tokens()).containsExactly("first-token", "second-token");
    }

    @Test
    void enrol_refused_keepsTheToken() throws Exception {
        overseer.close();
        overseer = new TlsOverseer();
        Files.writeString(folder.resolve("ca.pem"), overseer.caPem());
        overseer.on(
                "/enrolments/nonces",
                TlsOverseer.answer(
                        201, "application/json", Json.write(Json.object().put("nonce", NONCE))));
        overseer.on("/enrolments", TlsOverseer.problem(403, "evidence-refused", "measurement is not allowed"));

        assertThatThrownBy(() -> enrolment().enrol())
                .isInstanceOf(OverseerRefusal.class)
                .hasMessage("POST /enrolments was answered 403 (evidence-refused): measurement is not allowed");
        assertThat(Files.readString(token)).isEqualTo("first-token\n");
    }

    @Test
    void hasAnotherToken_afterARefusal_onlyOnceTheOwnerHasWrittenOne() throws Exception {
        used.add("first-token");
        Enrolment enrolment = enrolment();
        assertThatThrownBy(enrolment::enrol).isInstanceOf(OverseerRefusal.class);
        assertThat(enrolment.hasAnotherToken()).isFalse();

        Files.writeString(token, "second-token\n");

        assertThat(enrolment.hasAnotherToken()).isTrue();
    }

    @Test
    void enrol_certificateForAnotherKey_failsAfterTheNextTokenIsSafe() throws Exception {
        answer.put(
                "certificate_chain", overseer.issue(NodeIdentity.born("node_a").certificateRequest()));

        assertThatThrownBy(() -> enrolment().enrol()).isInstanceOf(CertificateException.class);
        assertThat(tokens()).singleElement().satisfies(this::wasTold);
    }

    @Test
    void enrol_expiredCertificate_isRefused() {
        answer.put("expires_at", NOW.toString());

        assertThatThrownBy(() -> enrolment().enrol())
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("expires_at: expected an RFC 3339 time after now");
    }

    private List<String> tokens() throws IOException {
        return Files.readAllLines(token);
    }

    /** The Overseer was told the digest of this token last. */
    private void wasTold(String next) {
        assertThat(sent.get().path("next_token_sha256").textValue())
                .isEqualTo(Digests.sha256Hex(next.getBytes(StandardCharsets.UTF_8)));
    }

    private void enrol(HttpExchange exchange) throws IOException {
        sent.set(Json.read(exchange.getRequestBody().readAllBytes()));
        requests.add(sent.get());
        if (requests.size() <= answersLost) {
            return; // and the connection is closed without an answer
        }
        if (used.contains(sent.get().path("token").textValue())) {
            TlsOverseer.problem(401, "unauthenticated", "token: used").handle(exchange);
            return;
        }
        try {
            ObjectNode body = answer.deepCopy();
            if (!body.has("certificate_chain")) {
                body.put(
                        "certificate_chain",
                        overseer.issue(sent.get().path("csr").binaryValue()));
            }
            TlsOverseer.answer(201, "application/json", Json.write(body)).handle(exchange);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private Enrolment enrolment() {
        return enrolment(Optional.empty());
    }

    private Enrolment enrolment(Optional<OverseerProof> proof) {
        SiteFile site = new SiteFile(
                "node_a",
                overseer.uri(),
                folder.resolve("ca.pem"),
                token,
                folder.resolve("datapackage.json"),
                List.of("node_a"),
                new SitePolicy(true, Set.of()),
                Optional.empty());
        Self self = new Self(
                reportData -> {
                    quoted.set(reportData);
                    return new Evidence(
                            HardwareType.SIMULATED, "quote".getBytes(StandardCharsets.UTF_8), reportData.json());
                },
                MANIFEST,
                true);
        Holdings.Head head = new Holdings.Head(3, "cd".repeat(32));
        return new Enrolment(
                site,
                proof,
                self,
                () -> new Holdings(List.of(), Optional.of(head)),
                new Backoff(Duration.ofMillis(1), Duration.ofMillis(2)),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
