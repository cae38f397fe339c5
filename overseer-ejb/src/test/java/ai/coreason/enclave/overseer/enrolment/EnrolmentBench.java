package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.overseer.authority.CertificateAuthority;
import ai.coreason.enclave.overseer.authority.CertificateForge;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.trust.HardwareTrust;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.overseer.trust.TrustPolicies;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.attestation.Verdict;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Enrolment in a simulation, outside of a server: the desks over a database in memory, and requests that they accept. */
final class EnrolmentBench implements AutoCloseable {
    static final String NODE = "node_a";
    static final String NEXT = "the token that the node has chosen";

    private final Path folder;
    private final KeyPair evidenceKey = keyPair();
    private final IdentityDatabase database = new IdentityDatabase();
    private final List<String> events = new ArrayList<>();

    /** @param folder an empty one */
    EnrolmentBench(Path folder) throws Exception {
        this.folder = folder;
        Path publicKey = folder.resolve("simulation").resolve("evidence.pub");
        Files.createDirectories(publicKey.getParent());
        Files.writeString(
                publicKey, Pem.write("PUBLIC KEY", evidenceKey.getPublic().getEncoded()));
        FederationCa.open(folder.resolve("ca"));
    }

    /** The names of the audit records so far. */
    List<String> events() {
        return events;
    }

    /** A token of a node that binds nothing. */
    String token() {
        return token(NODE, Optional.empty());
    }

    /** A token that binds its node, or nothing. */
    String token(String node, Optional<List<DatasetGrant>> grants) {
        return ((TokenDesk.Issued.Token) issue(node, grants)).text();
    }

    TokenDesk.Issued issue(String node, Optional<List<DatasetGrant>> grants) {
        return database.inTransaction(em -> tokens(em, "simulation").issue(node, grants, "operator"));
    }

    /** The token desk of an Overseer in production. */
    TokenDesk.Issued issueInProduction(String node, Optional<List<DatasetGrant>> grants) {
        return database.inTransaction(em -> tokens(em, "production").issue(node, grants, "operator"));
    }

    boolean withdraw(String id) {
        return database.inTransaction(em -> tokens(em, "simulation").withdraw(id, "operator"));
    }

    Answer enrol(ObjectNode request) {
        return enrol(request, () -> {});
    }

    /**
     * Enrols as the server does: each question and the settlement in a transaction of its own, the appraisal in none.
     *
     * @param meanwhile what happens between appraisal and settlement
     */
    Answer enrol(ObjectNode request, Runnable meanwhile) {
        SimulationTrust trust = new SimulationTrust("simulation", folder.toString());
        EnrolmentSettlement inTransactions = new EnrolmentSettlement() {
            @Override
            public Optional<Answer> frozen() {
                return database.inTransaction(em -> settlement(em).frozen());
            }

            @Override
            public Optional<Answer> answered(EnrolmentRequest r) {
                return database.inTransaction(em -> settlement(em).answered(r));
            }

            @Override
            public Optional<Answer> tokenRefused(EnrolmentRequest r) {
                return database.inTransaction(em -> settlement(em).tokenRefused(r));
            }

            @Override
            public Answer settle(EnrolmentRequest r, PublicKey key, Verdict verdict) {
                meanwhile.run();
                return database.inTransaction(em -> settlement(em).settle(r, key, verdict));
            }
        };
        EvidenceDesk evidence = new EvidenceDesk(trust, new HardwareTrust() {}, new TrustPolicies());
        return new EnrolmentDesk(inTransactions, evidence, trust).enrol(request);
    }

    <T> T nodes(Function<NodeRegistry, T> question) {
        return database.inTransaction(em -> question.apply(IdentityDatabase.registry(em)));
    }

    <T> T stops(Function<NodeStops, T> order) {
        return database.inTransaction(em ->
                order.apply(new NodeStops(em, IdentityDatabase.registry(em), IdentityDatabase.stops(em, events))));
    }

    /** Freezes the federation, or lets it go on. */
    void frozen(boolean frozen) {
        database.inTransaction(em -> {
            if (frozen) {
                IdentityDatabase.stops(em, events).freezeFederation("operator");
            } else {
                IdentityDatabase.stops(em, events).thawFederation("operator");
            }
            return frozen;
        });
    }

    /** What speaks against a registration by an Overseer in production, of a token that binds nothing. */
    Optional<String> objectionInProduction(
            String node, List<ai.coreason.enclave.sentry.contract.DatasetRegistration> datasets) {
        return database.inTransaction(
                em -> new RegistrationRule(new LedgerMirror(em), false).objection(node, Optional.empty(), datasets));
    }

    ObjectNode request(String token, KeyPair key) {
        return request(NODE, token, key);
    }

    /** A request without datasets. */
    ObjectNode request(String node, String token, KeyPair key) {
        String nonce = nodes(n -> n.nonce(node));
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

    private TokenDesk tokens(EntityManager em, String mode) {
        return new TokenDesk(
                IdentityDatabase.registry(em),
                new SimulationTrust(mode, folder.toString()),
                new LedgerMirror(em),
                IdentityDatabase.audit(events));
    }

    private EnrolmentSettlement settlement(EntityManager em) {
        return new EnrolmentSettlement(
                IdentityDatabase.registry(em),
                new CertificateAuthority(folder.toString()),
                new SimulationTrust("simulation", folder.toString()),
                new LedgerMirror(em),
                IdentityDatabase.audit(events),
                IdentityDatabase.stops(em, events));
    }

    static KeyPair keyPair() {
        try {
            return CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String sha256(String text) {
        return Digests.sha256Hex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        database.close();
    }
}
