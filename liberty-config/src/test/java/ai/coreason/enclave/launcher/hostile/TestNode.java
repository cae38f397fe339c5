package ai.coreason.enclave.launcher.hostile;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.sentry.airlock.Airlock;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A node that speaks the protocol without training anything, and that can be made to lie at any point of it. */
final class TestNode {
    private static final String MANIFEST = "ab".repeat(32);

    /** What vouches for the node. */
    @FunctionalInterface
    interface Prover {
        Evidence prove(ReportData reportData) throws Exception;
    }

    private final String id;
    private final TestLedger ledger;
    private final List<TestLedger> further = new ArrayList<>();
    private final boolean insecure;
    private Prover prover;
    private Consumer<ObjectNode> misquote = members -> {};
    private KeyPair keys;
    private SSLContext tls;
    private HttpClient client;
    private long epoch;

    private TestNode(String id, Prover prover, boolean insecure) {
        this.id = id;
        this.prover = prover;
        this.insecure = insecure;
        this.ledger = new TestLedger(id, MANIFEST);
    }

    /** A node that has enrolled. */
    static TestNode enrolled(String id) throws Exception {
        TestNode node = new TestNode(id, TestNode::simulated, true);
        node.enrol();
        return node;
    }

    /** A node on a machine, which has enrolled. */
    static TestNode enrolled(String id, FakeMachine machine) throws Exception {
        TestNode node = new TestNode(id, machine::prove, false);
        node.enrol();
        return node;
    }

    /** A node that has not enrolled. */
    static TestNode stranger(String id) {
        return new TestNode(id, TestNode::simulated, true);
    }

    /** Asks for a token that lets a node register what it does register: one dataset of 1,000 rows. */
    static ObjectNode tokenRequest(String id) {
        ObjectNode request = Json.object().put("node_id", id);
        request.putArray("datasets")
                .addObject()
                .put("data_owner", "owner_" + id)
                .put("dataset_id", TestJobs.DATASET)
                .put("max_rows", 1000);
        return request;
    }

    /** Registers one more dataset from the next enrolment on, which no job asks for; its ledger. */
    TestLedger offering(String datasetId) {
        TestLedger more = new TestLedger(id, MANIFEST, datasetId);
        further.add(more);
        return more;
    }

    /** Is vouched for by another from now on. */
    void vouchedBy(Prover other) {
        prover = other;
    }

    /** Has its quotes made over other members from now on. */
    void misquoting(Consumer<ObjectNode> change) {
        misquote = change;
    }

    /** A fresh token. */
    String token() throws Exception {
        ObjectNode request = tokenRequest(id);
        further.forEach(more -> request.withArray("datasets")
                .addObject()
                .put("data_owner", "owner_" + id)
                .put("dataset_id", more.datasetId())
                .put("max_rows", 1000));
        return TestOverseer.post("operator", "/enrolment-tokens", request)
                .ok()
                .json()
                .get("token")
                .asText();
    }

    /** Enrols with a fresh key and a fresh token; what it held before is no longer valid. */
    void enrol() throws Exception {
        keys = newKeys("secp256r1");
        JsonNode answer = tryToEnrol(token(), keys, r -> {}).ok().json();
        epoch = answer.get("epoch").asLong();
        byte[] pem = answer.get("certificate_chain").asText().getBytes(StandardCharsets.US_ASCII);
        X509Certificate[] chain =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                        .map(X509Certificate.class::cast)
                        .toArray(X509Certificate[]::new);
        ledger.signBy(keys.getPrivate(), chain[0]);
        further.forEach(more -> more.signBy(keys.getPrivate(), chain[0]));
        tls = Tls.showing(keys.getPrivate(), chain, TestOverseer.ca().trustStore());
        client = Tls.client(tls);
    }

    /** Sends an enrolment that was changed after it was made. */
    Answer tryToEnrol(String token, KeyPair pair, Consumer<ObjectNode> change) throws Exception {
        String nonce = anonymously("/enrolments/nonces", Json.object().put("node_id", id))
                .ok()
                .json()
                .get("nonce")
                .asText();
        ObjectNode members = Json.object()
                .put("node_id", id)
                .put("nonce", nonce)
                .put("tls_spki_sha384", spki(pair))
                .put("code_manifest_sha256", MANIFEST);
        ObjectNode request = Json.object()
                .put("node_id", id)
                .put("token", token)
                .put("nonce", nonce)
                .put("csr", Base64.getEncoder().encodeToString(request(pair)));
        request.set("evidence", evidence(ReportData.Role.ENROLMENT, members).json());
        ArrayNode datasets =
                request.put("insecure", insecure).putArray("datasets").add(ledger.registration());
        further.forEach(more -> datasets.add(more.registration()));
        change.accept(request);
        return anonymously("/enrolments", request);
    }

    String id() {
        return id;
    }

    SSLContext tls() {
        return tls;
    }

    HttpClient client() {
        return client;
    }

    TestLedger ledger() {
        return ledger;
    }

    /** Waits for the node's next task. */
    RoundTask task() throws Exception {
        Answer answer =
                TestOverseer.await("a task of " + id, () -> get("/tasks/next?wait_seconds=20"), a -> a.status() != 204);
        return RoundTask.parse(answer.ok().json(), JobRules.inSimulation());
    }

    /** An update that fits the graph, every value the same. */
    static byte[] update(ModelGraph graph, float value) {
        Map<String, float[]> values = Map.of("fc.weight", new float[] {value}, "fc.bias", new float[] {value});
        return Airlock.write(graph, Weights.of(graph, values), Map.of());
    }

    /** The envelope of a task's update as an honest node seals it. */
    byte[] honest(RoundTask task) throws Exception {
        return envelope(task, update(task.job().model(), 0.25f), h -> {});
    }

    /** An envelope whose header was changed before it was sealed. */
    byte[] envelope(RoundTask task, byte[] plain, Consumer<ObjectNode> change) throws Exception {
        ObjectNode header = Json.object()
                .put("job_id", task.key().jobId())
                .put("job_digest", task.jobDigest())
                .put("round", task.key().round())
                .put("attempt", task.key().attempt())
                .put("node_id", id)
                .put("nonce", Base64.getEncoder().encodeToString(task.nonce()))
                .put("base_digest", task.baseDigest())
                .put("plan_digest", task.planDigest());
        ledger.mirror(this);
        header.set("ledger_row", ledger.charge(task).json());
        header.put("train_ms", 1);
        change.accept(header);
        byte[] sealed = Hpke.seal(task.hpke().key(), SealedUpdate.info(), Json.canonical(header), plain);
        header.put("sealed_sha256", Digests.sha256Hex(sealed));
        header.set(
                "evidence",
                evidence(ReportData.Role.UPDATE, reportData(task, header)).json());
        return assemble(Json.write(header), sealed);
    }

    private ObjectNode reportData(RoundTask task, ObjectNode header) {
        ObjectNode members = Json.object()
                .put("node_id", id)
                .put("epoch", epoch)
                .put("nonce", Base64.getEncoder().encodeToString(task.nonce()))
                .put("tls_spki_sha384", spki(keys))
                .put("code_manifest_sha256", MANIFEST)
                .put("job_digest", task.jobDigest())
                .put("round", task.key().round())
                .put("attempt", task.key().attempt())
                .put("base_digest", task.baseDigest())
                .put("plan_digest", task.planDigest())
                .put("update_digest", header.get("sealed_sha256").asText());
        members.set("hpke", task.hpke().json());
        members.set(
                "ledger_head",
                Json.object()
                        .put("sequence", header.at("/ledger_row/sequence").asLong())
                        .put("hash", header.at("/ledger_row/hash").asText()));
        return members;
    }

    /** The same envelope with another text in its header. */
    static byte[] rewritten(byte[] envelope, String from, String to) {
        int length =
                (int) ByteBuffer.wrap(envelope).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(envelope, 8, length, StandardCharsets.UTF_8);
        byte[] sealed = java.util.Arrays.copyOfRange(envelope, 8 + length, envelope.length);
        return assemble(header.replaceFirst(from, to).getBytes(StandardCharsets.UTF_8), sealed);
    }

    private static byte[] assemble(byte[] header, byte[] sealed) {
        return ByteBuffer.allocate(8 + header.length + sealed.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(sealed)
                .array();
    }

    /** The path of this node's update to a task. */
    String path(RoundTask task) {
        return "/jobs/" + task.key().jobId() + "/rounds/" + task.key().round() + "/updates/" + id;
    }

    /** Uploads with the right digest. */
    Answer upload(RoundTask task, byte[] envelope) throws Exception {
        return upload(path(task), contentDigest(envelope), envelope);
    }

    Answer upload(String path, String contentDigest, byte[] envelope) throws Exception {
        return TestOverseer.send(
                client,
                TestOverseer.request(TestOverseer.nodes("/api/v1" + path))
                        .header("Content-Type", "application/octet-stream")
                        .header("Content-Digest", contentDigest)
                        .PUT(BodyPublishers.ofByteArray(envelope)));
    }

    /** What became of the node's update once it was judged. */
    JsonNode judged(RoundTask task) throws Exception {
        return TestOverseer.await(
                "the update of " + id,
                () -> {
                    Answer own = get(path(task));
                    return own.status() == 401 ? asUsersSee(task) : own.ok().json();
                },
                u -> !u.get("state").asText().equals("UPLOADED"));
    }

    /** What users see of the node's update once it was refused: in quarantine the node itself is not told. */
    private JsonNode asUsersSee(RoundTask task) throws Exception {
        JsonNode rounds = TestOverseer.get("operator", "/jobs/" + task.key().jobId() + "/rounds")
                .ok()
                .json();
        for (JsonNode round : rounds) {
            if (round.get("round").asInt() == task.key().round()
                    && round.get("attempt").asInt() == task.key().attempt()) {
                for (JsonNode declined : round.get("declined")) {
                    if (declined.get("node_id").asText().equals(id)) {
                        ObjectNode seen =
                                Json.object().put("state", declined.get("state").asText());
                        seen.putArray("reasons").add(declined.get("reason").asText());
                        return seen;
                    }
                }
            }
        }
        throw new AssertionError("no refusal of " + id + " in " + rounds);
    }

    Answer get(String path) throws Exception {
        return TestOverseer.send(client, TestOverseer.request(TestOverseer.nodes("/api/v1" + path)));
    }

    Answer post(String path, JsonNode body) throws Exception {
        return post(path, Json.write(body));
    }

    Answer post(String path, byte[] json) throws Exception {
        return TestOverseer.send(
                client,
                TestOverseer.request(TestOverseer.nodes("/api/v1" + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(json)));
    }

    static String contentDigest(byte[] body) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Digests.sha256Hex(body))) + ":";
    }

    static KeyPair newKeys(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static Answer anonymously(String path, JsonNode body) throws Exception {
        return TestOverseer.send(
                TestOverseer.anonymous(),
                TestOverseer.request(TestOverseer.nodes("/api/v1" + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(Json.write(body))));
    }

    private byte[] request(KeyPair pair) throws Exception {
        return new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + id), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
    }

    private Evidence evidence(ReportData.Role role, ObjectNode members) throws Exception {
        misquote.accept(members);
        return prover.prove(ReportData.parse(role, members, "report_data"));
    }

    private static Evidence simulated(ReportData reportData) throws GeneralSecurityException, IOException {
        byte[] key = Pem.read(Pem.PRIVATE_KEY, Files.readString(TestOverseer.file("evidence.key")));
        PrivateKey signer = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
        return SimulatedEvidence.sign(signer, HexFormat.of().parseHex(MANIFEST), reportData, Instant.now());
    }

    private static String spki(KeyPair pair) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-384").digest(pair.getPublic().getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
