package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.overseer.authority.CertificateForge;
import ai.coreason.enclave.overseer.trust.HardwareTrust;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.overseer.trust.TrustPolicies;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceDeskTest {
    private static final String DIGEST = "ab".repeat(32);
    private static final NodeSession SESSION = new NodeSession(4, "cd".repeat(48));

    @TempDir
    private Path folder;

    private KeyPair key;
    private SimulationTrust trust;

    @BeforeEach
    void open() throws Exception {
        key = CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE);
        Path publicKey = folder.resolve("simulation").resolve("evidence.pub");
        Files.createDirectories(publicKey.getParent());
        Files.writeString(publicKey, Pem.write("PUBLIC KEY", key.getPublic().getEncoded()));
        trust = new SimulationTrust("simulation", folder.toString());
    }

    /** What is wrong with an update's evidence. */
    private List<String> faults(UpdateEnvelope update) {
        Verdict verdict = new EvidenceDesk(trust, new HardwareTrust() {}, new TrustPolicies()).update(update, SESSION);
        return verdict instanceof Verdict.Refused refused
                ? refused.reasons().stream().map(Reason::toString).toList()
                : List.of();
    }

    @Test
    void update_evidenceOfTheSessionItCameIn_hasNone() throws Exception {
        assertThat(faults(update(SESSION, DIGEST))).isEmpty();
    }

    @Test
    void update_evidenceOfAnotherEpoch_namesIt() throws Exception {
        UpdateEnvelope update = update(new NodeSession(3, SESSION.tlsSpkiSha384()), DIGEST);

        assertThat(faults(update)).containsExactly("report_data.epoch: expected 4, got 3");
    }

    @Test
    void update_evidenceForAnotherTlsKey_namesIt() throws Exception {
        UpdateEnvelope update = update(new NodeSession(4, "ef".repeat(48)), DIGEST);

        assertThat(faults(update)).singleElement().asString().startsWith("report_data.tls_spki_sha384: expected ");
    }

    @Test
    void update_evidenceForOtherSealedBytes_namesThem() throws Exception {
        assertThat(faults(update(SESSION, "00".repeat(32))))
                .singleElement()
                .asString()
                .startsWith("report_data.update_digest: expected ");
    }

    private UpdateEnvelope update(NodeSession session, String quotedDigest) throws Exception {
        ObjectNode row = Json.object().put("sequence", 1).put("hash", DIGEST);
        ObjectNode members = Json.object()
                .put("node_id", "node_a")
                .put("epoch", session.epoch())
                .put("tls_spki_sha384", session.tlsSpkiSha384())
                .put("nonce", Base64.getEncoder().encodeToString(new byte[32]))
                .put("code_manifest_sha256", DIGEST)
                .put("job_digest", DIGEST)
                .put("round", 1)
                .put("attempt", 1)
                .put("base_digest", DIGEST)
                .put("plan_digest", DIGEST)
                .put("update_digest", quotedDigest);
        members.set("ledger_head", row);
        ReportData reportData = ReportData.parse(ReportData.Role.UPDATE, members, "report_data");
        Evidence evidence =
                SimulatedEvidence.sign(key.getPrivate(), HexFormat.of().parseHex(DIGEST), reportData, Instant.now());
        UpdateStatement statement = new UpdateStatement(
                ContributionKey.of("6f1d2a34-0000-4000-8000-000000000001", 1, 1, "node_a"),
                DIGEST,
                new byte[32],
                DIGEST,
                DIGEST,
                row,
                Map.of(),
                OptionalLong.empty());
        return new UpdateEnvelope(statement, DIGEST, evidence);
    }
}
