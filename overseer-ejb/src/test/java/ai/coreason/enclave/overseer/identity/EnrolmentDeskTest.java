package ai.coreason.enclave.overseer.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.overseer.identity.EnrolmentDesk.Answer;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentDeskTest {
    private static final String NODE = "node_a";
    private static final String NEXT = "the token that the node has chosen";

    @TempDir
    private Path folder;

    private final List<String> events = new ArrayList<>();
    private final KeyPair evidenceKey = keyPair();
    private IdentityDatabase database;

    @BeforeEach
    void open() throws Exception {
        Path publicKey = folder.resolve("simulation").resolve("evidence.pub");
        Files.createDirectories(publicKey.getParent());
        Files.writeString(
                publicKey, Pem.write("PUBLIC KEY", evidenceKey.getPublic().getEncoded()));
        FederationCa.open(folder.resolve("ca"));
        database = new IdentityDatabase();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void enrol_sameRequestAgain_isTheSameAnswerAndChangesNothing() {
        ObjectNode request = request(token(), keyPair());
        ObjectNode first = enrolled(request);

        ObjectNode second = enrolled(request);

        assertThat(second).isEqualTo(first);
        assertThat(first.path("epoch").asLong()).isEqualTo(1);
        assertThat(events).containsExactly("token.issued", "node.enrolled");
    }

    @Test
    void enrol_sameRequestAfterAnotherEnrolment_isRefused() {
        ObjectNode request = request(token(), keyPair());
        enrolled(request);
        enrolled(request(NEXT, keyPair()).put("next_token_sha256", sha256("third")));

        refused(request, "nonce");
    }

    @Test
    void enrol_usedTokenAnotherKey_isRefused() {
        String token = token();
        enrolled(request(token, keyPair()));

        refused(request(token, keyPair()).put("next_token_sha256", sha256("another")), "token");
    }

    @Test
    void enrol_usedTokenSameKeyFreshNonce_isRefused() {
        String token = token();
        KeyPair key = keyPair();
        enrolled(request(token, key));

        refused(request(token, key), "token");
    }

    @Test
    void enrol_usedNonceAnotherToken_isRefused() {
        ObjectNode request = request(token(), keyPair());
        enrolled(request);

        refused(request.deepCopy().put("token", token()), "nonce");
    }

    @Test
    void enrol_tokenThatTheNodeChose_beginsTheNextEpoch() {
        enrolled(request(token(), keyPair()));

        ObjectNode next = enrolled(request(NEXT, keyPair()).put("next_token_sha256", sha256("third")));

        assertThat(next.path("epoch").asLong()).isEqualTo(2);
    }

    @Test
    void enrol_chosenTokenOfAnotherNode_isRefused() {
        enrolled(request(token(), keyPair()));

        refused(request("node_b", NEXT, keyPair()).put("next_token_sha256", sha256("third")), "token");
    }

    @Test
    void enrol_nextTokenKnownAlready_isRefusedAndUsesNothingUp() {
        String token = token();
        ObjectNode request = request(token, keyPair());
        request.put("next_token_sha256", sha256(token));

        assertThatThrownBy(() -> enrol(request))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("next_token_sha256: expected the digest of a new token, got a known one");

        request.put("next_token_sha256", sha256("another"));
        assertThat(enrolled(request).path("epoch").asLong()).isEqualTo(1);
    }

    @Test
    void enrol_anyAnswer_holdsNoToken() {
        ObjectNode request = request(token(), keyPair());

        assertThat(enrolled(request).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("node_id", "epoch", "certificate_chain", "expires_at", "report");
    }

    private String token() {
        return database.inTransaction(em -> desk(em).token(NODE, "operator"));
    }

    private Answer enrol(ObjectNode request) {
        return database.inTransaction(em -> desk(em).enrol(request));
    }

    private ObjectNode enrolled(ObjectNode request) {
        Answer answer = enrol(request);
        assertThat(answer).isInstanceOf(Answer.Enrolled.class);
        return ((Answer.Enrolled) answer).json();
    }

    private void refused(ObjectNode request, String field) {
        assertThat(enrol(request)).isInstanceOfSatisfying(Answer.Refused.class, r -> {
            assertThat(r.evidence()).isFalse();
            assertThat(r.why()).startsWith(field + ": ");
        });
    }

    private ObjectNode request(String token, KeyPair key) {
        return request(NODE, token, key);
    }

    private ObjectNode request(String node, String token, KeyPair key) {
        String nonce =
                database.inTransaction(em -> IdentityDatabase.registry(em).issue(EnrolmentSecret.Kind.NONCE, node));
        String manifest = "ab".repeat(32);
        ObjectNode members = Json.object()
                .put("node_id", node)
                .put("nonce", nonce)
                .put("tls_spki_sha384", FederationCa.spkiSha384(key.getPublic()))
                .put("code_manifest_sha256", manifest);
        try {
            ReportData reportData = ReportData.parse(ReportData.Role.ENROLMENT, members, "report_data");
            byte[] measurement = HexFormat.of().parseHex(manifest);
            byte[] csr = new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + node), key.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
                    .getEncoded();
            ObjectNode request = Json.object()
                    .put("node_id", node)
                    .put("token", token)
                    .put("nonce", nonce)
                    .put("csr", Base64.getEncoder().encodeToString(csr))
                    .put("insecure", true)
                    .put("next_token_sha256", sha256(NEXT));
            request.set(
                    "evidence",
                    SimulatedEvidence.sign(evidenceKey.getPrivate(), measurement, reportData, Instant.now())
                            .json());
            request.putArray("datasets");
            return request;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private EnrolmentDesk desk(EntityManager em) {
        NodeRegistry nodes = IdentityDatabase.registry(em);
        SimulationTrust trust = new SimulationTrust("simulation", folder.toString());
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                events.add(event);
            }
        };
        return new EnrolmentDesk(
                nodes,
                new EvidenceDesk(trust, new HardwareTrust(), new TrustPolicies(), nodes),
                new CertificateAuthority(folder.toString()),
                trust,
                new LedgerMirror(),
                audit);
    }

    private static KeyPair keyPair() {
        try {
            return CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(String text) {
        return Json.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
