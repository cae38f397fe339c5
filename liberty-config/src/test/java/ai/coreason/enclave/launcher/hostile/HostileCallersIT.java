package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.token.TokenIssuer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Callers without the right to call: nobody, strangers, and known ones in the wrong place. */
@ExtendWith(TestOverseer.class)
class HostileCallersIT {
    private static final Set<String> OPEN =
            Set.of("POST /api/v1/enrolments", "POST /api/v1/enrolments/nonces", "POST /api/v1/overseer-evidence");
    private static final Set<String> FOUNDRY_ONLY = Set.of("POST /api/v1/jobs", "GET /api/v1/jobs/{job_id}/model");
    private static final Set<String> OPERATOR_ONLY = Set.of(
            "POST /api/v1/enrolment-tokens",
            "GET /api/v1/enrolment-tokens",
            "DELETE /api/v1/enrolment-tokens/{token_id}",
            "PUT /api/v1/trust-policy",
            "POST /api/v1/nodes/{node_id}/revoke",
            "POST /api/v1/nodes/{node_id}/reinstate",
            "POST /api/v1/certificates/{serial}/revoke",
            "POST /api/v1/users/{sub}/revoke",
            "POST /api/v1/jobs/{job_id}/freeze",
            "POST /api/v1/jobs/{job_id}/thaw",
            "POST /api/v1/federation/freeze",
            "POST /api/v1/federation/thaw");
    private static final Set<String> NOT_FOUNDRY =
            Set.of("GET /api/v1/ledger", "GET /api/v1/audit", "GET /api/v1/trust-policy", "GET /api/v1/stops");
    /** What would end all other tests: only that others may not do it is shown here. */
    private static final String FREEZE = "POST /api/v1/federation/freeze";

    private static final Set<String> NOT_AUDITOR = Set.of("POST /api/v1/jobs/{job_id}/cancel");

    /** One operation of the API description. */
    record Operation(String method, String path, boolean forNodes) {
        String name() {
            return method + " " + path;
        }

        URI on(URI endpoint) {
            return endpoint.resolve(path.replaceAll("\\{[a-z_]+}", "1"));
        }

        HttpRequest.Builder request(URI endpoint) {
            HttpRequest.Builder request = TestOverseer.request(on(endpoint));
            return method.equals("GET")
                    ? request.GET()
                    : request.header(
                                    "Content-Type",
                                    path.contains("updates") ? "application/octet-stream" : "application/json")
                            .method(method, BodyPublishers.ofString("{}"));
        }
    }

    static List<Operation> operations() throws Exception {
        List<Operation> operations = new ArrayList<>();
        JsonNode paths = TestOverseer.get("auditor", "/openapi").ok().json().get("paths");
        paths.properties()
                .forEach(path -> path.getValue().properties().forEach(o -> {
                    if (o.getValue().isObject()) {
                        boolean forNodes =
                                o.getValue().path("security").toString().contains("certificate");
                        operations.add(
                                new Operation(o.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), forNodes));
                    }
                }));
        assertThat(operations).extracting(Operation::name).containsAll(OPEN).hasSizeGreaterThan(15);
        return operations;
    }

    static List<Operation> closedOperations() throws Exception {
        return operations().stream().filter(o -> !OPEN.contains(o.name())).toList();
    }

    static List<Operation> userOperations() throws Exception {
        return closedOperations().stream().filter(o -> !o.forNodes()).toList();
    }

    static List<Operation> nodeOperations() throws Exception {
        return operations().stream().filter(Operation::forNodes).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("closedOperations")
    void call_byNobody_is401OnBothPorts(Operation operation) throws Exception {
        for (URI port : List.of(TestOverseer.users("/"), TestOverseer.nodes("/"))) {
            TestOverseer.send(TestOverseer.anonymous(), operation.request(port)).problem(401, "unauthenticated");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("userOperations")
    void call_byTheWrongRole_is403(Operation operation) throws Exception {
        for (String role : TokenIssuer.ROLES) {
            if (operation.name().equals(FREEZE) && allowed(FREEZE, role)) {
                continue;
            }
            Answer answer = TestOverseer.send(
                    TestOverseer.anonymous(),
                    operation
                            .request(TestOverseer.users("/"))
                            .header("Authorization", "Bearer " + TestOverseer.token(role)));
            if (allowed(operation.name(), role)) {
                assertThat(answer.status()).as(role + " " + answer).isNotIn(401, 403, 500);
            } else {
                answer.problem(403, "forbidden");
            }
        }
    }

    private static boolean allowed(String operation, String role) {
        return !(FOUNDRY_ONLY.contains(operation) && !role.equals("foundry"))
                && !(OPERATOR_ONLY.contains(operation) && !role.equals("operator"))
                && !(NOT_FOUNDRY.contains(operation) && role.equals("foundry"))
                && !(NOT_AUDITOR.contains(operation) && role.equals("auditor"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nodeOperations")
    void nodeCall_withAUsersToken_is401(Operation operation) throws Exception {
        TestOverseer.send(
                        TestOverseer.anonymous(),
                        operation
                                .request(TestOverseer.nodes("/"))
                                .header("Authorization", "Bearer " + TestOverseer.token("operator")))
                .problem(401, "unauthenticated");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("userOperations")
    void userCall_withANodesCertificate_is401(Operation operation) throws Exception {
        TestOverseer.send(node().client(), operation.request(TestOverseer.nodes("/")))
                .problem(401, "unauthenticated");
    }

    static Stream<Arguments> tokens() throws Exception {
        long now = Instant.now().getEpochSecond();
        PrivateKey key = issuerKey();
        PrivateKey other = TestNode.newKeys("secp256r1").getPrivate();
        String whole = token(key, "ES256", c -> {});
        String[] parts = whole.split("\\.");
        String stronger = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("foundry", "operator");
        return Stream.of(
                arguments("garbage", "garbage"),
                arguments("empty", ""),
                arguments("three dots", "a.b.c"),
                arguments("cut", whole.substring(0, whole.length() - 4)),
                arguments("other claims", parts[0] + "." + encode(stronger) + "." + parts[2]),
                arguments("other key", token(other, "ES256", c -> {})),
                arguments(
                        "expired",
                        token(key, "ES256", c -> c.put("iat", now - 7200).put("exp", now - 3600))),
                arguments("other issuer", token(key, "ES256", c -> c.put("iss", "urn:somebody"))),
                arguments("no issuer", token(key, "ES256", c -> c.remove("iss"))),
                arguments("no expiry", token(key, "ES256", c -> c.remove("exp"))),
                arguments("no time of issue", token(key, "ES256", c -> c.remove("iat"))),
                arguments("ten years", token(key, "ES256", c -> c.put("exp", now + 10L * 365 * 86_400))),
                arguments("other audience", token(key, "ES256", c -> c.put("aud", "another-application"))),
                arguments("no audience", token(key, "ES256", c -> c.remove("aud"))),
                arguments(
                        "identity", token(key, "ES256", c -> c.put("nonce", "n").put("azp", "another"))),
                arguments("logout", token(key, "ES256", "logout+jwt", c -> {})),
                arguments("not an access token", token(key, "ES256", "JWT", c -> {})),
                arguments("no subject", token(key, "ES256", c -> c.remove("sub"))),
                arguments("terminal", token(key, "ES256", c -> c.put("sub", "eve\u001b[2J"))),
                arguments("unsigned", encode("{\"alg\":\"none\"}") + "." + parts[1] + "."),
                arguments("public key as secret", hmac(parts[1])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokens")
    void call_withATokenThatIsNotValid_is401(String name, String token) throws Exception {
        for (String path : List.of("/api/v1/jobs", "/api/v1/ledger")) {
            Answer answer = TestOverseer.send(
                    TestOverseer.anonymous(),
                    TestOverseer.request(TestOverseer.users(path)).header("Authorization", "Bearer " + token));
            answer.problem(401, "unauthenticated");
            assertThat(answer.challenge()).isEqualTo("Bearer realm=\"coreason-enclave\", error=\"invalid_token\"");
            assertThat(token.isEmpty() || !answer.text().contains(token)).isTrue();
        }
    }

    @Test
    void call_byNobody_isToldHowToShowWhoItIs() throws Exception {
        Answer answer = plain("/api/v1/jobs", Map.of());

        answer.problem(401, "unauthenticated");
        assertThat(answer.challenge()).isEqualTo("Bearer realm=\"coreason-enclave\"");
        plain("/api/v1/jobs", basic("operator", "password")).problem(401, "unauthenticated");
    }

    @Test
    void log_afterRefusedTokens_holdsNoneOfThem() throws Exception {
        String token = token(issuerKey(), "ES256", c -> c.put("aud", "another-application"));
        plain("/api/v1/jobs", Map.of("Authorization", "Bearer " + token)).problem(401, "unauthenticated");

        try (Stream<Path> logs = Files.list(TestOverseer.file("logs"))) {
            for (Path log : logs.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(log, StandardCharsets.ISO_8859_1))
                        .doesNotContain(token.substring(token.length() - 40));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("groups")
    void call_withATokenWithoutKnownGroup_is403(List<String> groups) throws Exception {
        String token = token(issuerKey(), "ES256", c -> {
            c.putArray("groups");
            groups.forEach(c.withArray("groups")::add);
        });
        TestOverseer.send(
                        TestOverseer.anonymous(),
                        TestOverseer.request(TestOverseer.users("/api/v1/jobs"))
                                .header("Authorization", "Bearer " + token))
                .problem(403, "forbidden");
    }

    static Stream<List<String>> groups() {
        return Stream.of(List.of(), List.of("boss"), List.of("FOUNDRY"), List.of("foundry "));
    }

    @Test
    void nodeCall_withACertificateOfAForeignAuthority_failsInTheHandshake(@TempDir Path folder) throws Exception {
        FederationCa foreign = FederationCa.open(folder.resolve("foreign"));

        assertThatThrownBy(() -> nextTask(certified(foreign, "caller_node")))
                .satisfiesAnyOf(
                        e -> assertThat(e).isInstanceOf(javax.net.ssl.SSLException.class),
                        e -> assertThat(e).isInstanceOf(java.io.IOException.class));
    }

    @Test
    void nodeCall_withACertificateThatNobodyEnrolledWith_is401() throws Exception {
        node();
        nextTask(certified(TestOverseer.ca(), "caller_node")).problem(401, "unauthenticated");
        nextTask(certified(TestOverseer.ca(), "caller_unknown")).problem(401, "unauthenticated");
    }

    @Test
    void nodeCall_withAServersCertificate_isRefused() throws Exception {
        char[] password = "password".toCharArray();
        KeyStore store = TestOverseer.ca().issueServer(List.of("localhost"), Duration.ofHours(1), password);
        HttpClient client = Tls.client(Tls.showing(
                (PrivateKey) store.getKey("server", password),
                new X509Certificate[] {(X509Certificate) store.getCertificate("server")},
                TestOverseer.ca().trustStore()));

        assertThatThrownBy(() -> nextTask(client)).isInstanceOf(java.io.IOException.class);
    }

    @Test
    void nodeCall_withTheCertificateBeforeTheLastEnrolment_is401() throws Exception {
        TestNode twin = TestNode.enrolled("caller_twin");
        HttpClient before = twin.client();
        twin.enrol();

        nextTask(before).problem(401, "unauthenticated");
        assertThat(twin.get("/ledger-heads/" + TestJobs.DATASET + "?nonce=" + TestLedger.NONCE)
                        .status())
                .isEqualTo(200);
    }

    static Stream<Arguments> enrolments() throws Exception {
        KeyPair key = TestNode.newKeys("secp256r1");
        return Stream.of(
                arguments(401, "unauthenticated", key, change(r -> r.put("token", "guessed"))),
                arguments(401, "unauthenticated", key, change(r -> r.put("nonce", "A".repeat(43) + "="))),
                arguments(401, "unauthenticated", key, change(r -> r.put("node_id", "caller_other"))),
                arguments(400, "invalid-document", key, change(r -> r.put("node_id", ".."))),
                arguments(400, "invalid-document", key, change(r -> r.put("csr", "AAAA"))),
                arguments(400, "invalid-document", key, change(r -> r.put("csr", "not base64"))),
                arguments(400, "invalid-document", key, change(r -> r.put("unknown", 1))),
                arguments(400, "invalid-document", key, change(r -> r.put("evidence", "trust me"))),
                arguments(
                        403,
                        "evidence-refused",
                        key,
                        change(r -> ((ObjectNode) r.at("/evidence/report_data_json"))
                                .put("code_manifest_sha256", "0".repeat(64)))),
                arguments(400, "invalid-document", TestNode.newKeys("secp521r1"), change(r -> {})));
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("enrolments")
    void enrol_hostile_isRefusedAndLeavesTheTokenGood(int status, String slug, KeyPair key, Consumer<ObjectNode> change)
            throws Exception {
        TestNode stranger = node();
        String token = TestOverseer.post(
                        "operator", "/enrolment-tokens", Json.object().put("node_id", stranger.id()))
                .ok()
                .json()
                .get("token")
                .asText();

        Answer refused = stranger.tryToEnrol(token, key, change);

        assertThat(refused.type()).isEqualTo("application/problem+json");
        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(refused.json().get("type").asText()).endsWith(slug);
        assertThat(refused.text()).doesNotContain(token);
        stranger.tryToEnrol(token, TestNode.newKeys("secp256r1"), r -> {}).ok();
        stranger.tryToEnrol(token, TestNode.newKeys("secp256r1"), r -> {}).problem(401, "unauthenticated");
    }

    @Test
    void health_byAnybody_isOpen() throws Exception {
        for (String path : List.of("/health", "/health/ready", "/health/live", "/health/started")) {
            assertThat(plain(path, Map.of()).status()).isEqualTo(200);
        }
    }

    @Test
    void metrics_areForOperatorsAlone() throws Exception {
        plain("/metrics", Map.of()).problem(401, "unauthenticated");
        plain("/metrics", basic("scraper", "guessed")).problem(401, "unauthenticated");
        plain("/metrics", bearer("foundry")).problem(403, "forbidden");
        plain("/metrics", bearer("auditor")).problem(403, "forbidden");

        Answer figures = plain("/metrics", bearer("operator")).ok();

        assertThat(figures.type()).startsWith("text/plain");
        assertThat(figures.text())
                .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_cpu_usage")
                .contains("enclave_jobs{state=\"running\"}", "enclave_rounds{state=\"open\"}")
                .contains("enclave_contributions{state=\"admitted\"}", "enclave_nodes{state=\"trusted\"}");
    }

    /** What the server would open by itself, and what other servers of its kind have there. */
    static Stream<String> doors() {
        return Stream.of(
                "/",
                "/console",
                "/api",
                "/api/v1",
                "/openapi",
                "/openapi/ui",
                "/api/docs",
                "/api/explorer",
                "/ibm/api",
                "/ibm/api/",
                "/ibm/api/explorer",
                "/ibm/api/docs",
                "/ibm/api/config",
                "/ibm/api/validation",
                "/ibm/api/collective",
                "/ibm/api/mpmetrics",
                "/ibm/saml20",
                "/ibm/adminCenter",
                "/adminCenter",
                "/IBMJMXConnectorREST",
                "/IBMJMXConnectorREST/mbeans",
                "/jwt",
                "/jwt/ibm/api/defaultJWT/jwk",
                "/jwt/ibm/api/defaultJWT/token",
                "/jwt/ibm/api/enclaveTokens/jwk",
                "/oidc/endpoint/OP/authorize",
                "/oidcclient",
                "/oauth2",
                "/metrics/base",
                "/metrics/vendor",
                "/trace",
                "/problem",
                "/j_security_check",
                "/ibm_security_logout",
                "/WEB-INF/beans.xml",
                "/META-INF/MANIFEST.MF");
    }

    /** Not by a token either: whatever is there is not for users. */
    @ParameterizedTest
    @MethodSource("doors")
    void door_ofTheServerItself_isShutOnBothPorts(String path) throws Exception {
        for (URI port : List.of(TestOverseer.users(path), TestOverseer.nodes(path))) {
            for (Map<String, String> headers : List.of(
                    Map.<String, String>of(),
                    bearer("operator"),
                    basic("scraper", "guessed"),
                    basic("admin", "admin"))) {
                HttpRequest.Builder request = TestOverseer.request(port);
                headers.forEach(request::header);
                assertThat(TestOverseer.send(TestOverseer.anonymous(), request).status())
                        .as(port + " with " + headers.keySet())
                        .isIn(401, 403, 404);
            }
        }
    }

    private static Answer plain(String path, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = TestOverseer.request(TestOverseer.users(path));
        headers.forEach(request::header);
        return TestOverseer.send(TestOverseer.anonymous(), request);
    }

    private static Map<String, String> bearer(String role) {
        return Map.of("Authorization", "Bearer " + TestOverseer.token(role));
    }

    private static Map<String, String> basic(String user, String password) {
        String text = user + ":" + password;
        return Map.of(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static TestNode node() throws Exception {
        return TestNode.enrolled("caller_node");
    }

    private static Consumer<ObjectNode> change(Consumer<ObjectNode> change) {
        return change;
    }

    private static Answer nextTask(HttpClient client) throws Exception {
        return TestOverseer.send(client, TestOverseer.request(TestOverseer.nodes("/api/v1/tasks/next?wait_seconds=1")));
    }

    private static HttpClient certified(FederationCa authority, String nodeId) throws Exception {
        KeyPair keys = TestNode.newKeys("secp256r1");
        X509Certificate certificate = authority.issueNode(nodeId, keys.getPublic(), Duration.ofHours(1));
        return Tls.client(Tls.showing(
                keys.getPrivate(),
                new X509Certificate[] {certificate, authority.caCertificate()},
                TestOverseer.ca().trustStore()));
    }

    private static PrivateKey issuerKey() throws Exception {
        byte[] der = Pem.read(Pem.PRIVATE_KEY, Files.readString(TestOverseer.file("state/tokens/token.key")));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static String token(PrivateKey key, String algorithm, Consumer<ObjectNode> change) throws Exception {
        return token(key, algorithm, "at+jwt", change);
    }

    private static String token(PrivateKey key, String algorithm, String type, Consumer<ObjectNode> change)
            throws Exception {
        long now = Instant.now().getEpochSecond();
        ObjectNode claims = Json.object()
                .put("iss", TokenIssuer.ISSUER)
                .put("aud", TokenIssuer.AUDIENCE)
                .put("sub", "eve")
                .put("upn", "eve")
                .put("iat", now)
                .put("exp", now + 600)
                .put("jti", "1");
        claims.putArray("groups").add("foundry");
        change.accept(claims);
        ObjectNode header = Json.object().put("alg", algorithm).put("typ", type);
        String signed = encode(header.toString()) + "." + encode(claims.toString());
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String hmac(String claims) throws Exception {
        byte[] secret = Files.readAllBytes(TestOverseer.file("state/tokens/token.pub"));
        String signed = encode("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + "." + claims;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        byte[] tag = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(tag);
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
