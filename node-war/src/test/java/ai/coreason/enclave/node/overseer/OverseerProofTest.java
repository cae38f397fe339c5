package ai.coreason.enclave.node.overseer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.overseer.OverseerProof.OverseerUntrusted;
import ai.coreason.enclave.node.site.OverseerDemand;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.collateral.TrustSources;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpPki;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpTable;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class OverseerProofTest {
    private static final SnpKey KEY = SnpKey.VCEK;
    private static final SnpProduct PRODUCT = SnpProduct.MILAN;
    private static final String NODE = "node_a";
    private static final int REPORT_DATA = 0x50;
    private static final int MEASUREMENT = 0x90;

    @TempDir
    Path folder;

    private TlsOverseer overseer;
    private Consumer<ObjectNode> wrongMember = members -> {};
    private Consumer<ByteBuffer> wrongReport = report -> {};
    private ReportData.Role role = ReportData.Role.OVERSEER;

    /** What a site demands that trusts the test's roots and the measurement of the test's chip. */
    public static OverseerProof demand(Path folder) throws IOException {
        Path anchors = Files.createDirectories(folder.resolve("anchors"));
        Files.write(anchors.resolve("ark.pem"), SnpPki.pem(SnpPki.arkDer(PRODUCT)));
        return demand(folder, Optional.of(anchors), policy());
    }

    private static OverseerProof demand(Path folder, Optional<Path> anchors, JsonNode policy) throws IOException {
        Path file = Files.write(folder.resolve("overseer-policy.json"), Json.write(policy));
        TrustSources sources =
                new TrustSources(anchors, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return OverseerProof.of(new OverseerDemand(file, sources), Clock.systemUTC());
    }

    private static ObjectNode policy() {
        ObjectNode policy = Json.object();
        ObjectNode snp = policy.putObject("snp");
        byte[] report = SnpPki.report(KEY, PRODUCT, r -> {});
        snp.putArray("measurements").add(HexFormat.of().formatHex(report, MEASUREMENT, MEASUREMENT + 48));
        snp.putArray("products").add(PRODUCT.label());
        snp.putArray("keys").add(KEY.name());
        snp.putArray("vmpls").add(0);
        snp.putArray("allowed").add("SMT");
        snp.putObject("minimum_tcb")
                .putObject(PRODUCT.label())
                .put("bl", 4)
                .put("tee", 1)
                .put("snp", 24)
                .put("ucode", 219);
        snp.putObject("revocation").put("demand", "WAIVED").put("waived_by", "site");
        return policy;
    }

    @BeforeEach
    void start() throws Exception {
        overseer = new TlsOverseer();
        overseer.on("/overseer-evidence", exchange -> {
            JsonNode asked = Json.read(exchange.getRequestBody().readAllBytes());
            ObjectNode members = Json.object()
                    .put("verifier", asked.get("node_id").textValue())
                    .put("nonce", asked.get("nonce").textValue())
                    .put("tls_spki_sha384", overseer.spkiSha384());
            wrongMember.accept(members);
            byte[] digest = ReportData.parse(role, members, "").digest();
            byte[] report = SnpPki.report(KEY, PRODUCT, r -> {
                r.put(REPORT_DATA, digest);
                wrongReport.accept(r);
            });
            Evidence evidence = new Evidence(
                    HardwareType.AMD_SEV_SNP, report, SnpTable.of(KEY, PRODUCT), Optional.empty(), members);
            TlsOverseer.answer(200, "application/json", Json.write(evidence.json()))
                    .handle(exchange);
        });
    }

    @AfterEach
    void stop() {
        overseer.close();
    }

    private String prove() throws Exception {
        return demand(folder).of(overseer.client(d -> {}), NODE);
    }

    private void refusedFor(String rule) {
        assertThatThrownBy(this::prove)
                .isInstanceOf(OverseerUntrusted.class)
                .hasMessageMatching("the Overseer's evidence does not meet overseer_evidence of the site file: " + rule
                        + ": expected [^;]*");
    }

    @Test
    void of_honestOverseer_provesTheKeyOfTheConnection() throws Exception {
        assertThat(prove()).isEqualTo(overseer.spkiSha384());
    }

    @Test
    void of_otherMeasurement_isRefusedForThatAlone() {
        wrongReport = r -> r.put(MEASUREMENT, (byte) ~r.get(MEASUREMENT));
        refusedFor("measurement");
    }

    /** As a relay does, which hands on what another Overseer says. */
    @Test
    void of_otherTlsKey_isRefusedForThatAlone() {
        wrongMember = m -> m.put("tls_spki_sha384", "ab".repeat(48));
        refusedFor("report_data.tls_spki_sha384");
    }

    @Test
    void of_otherNonce_isRefusedForThatAlone() {
        wrongMember = m -> m.put("nonce", Base64.getEncoder().encodeToString(new byte[32]));
        refusedFor("report_data.nonce");
    }

    @Test
    void of_otherVerifier_isRefusedForThatAlone() {
        wrongMember = m -> m.put("verifier", "node_b");
        refusedFor("report_data.verifier");
    }

    @Test
    void of_quoteOfANode_isRefusedForThatAlone() {
        role = ReportData.Role.ENROLMENT;
        refusedFor("report_data");
    }

    @Test
    void of_rootsThatDoNotKnowTheChip_isRefused() throws Exception {
        OverseerProof builtIn = demand(folder, Optional.empty(), policy());

        assertThatThrownBy(() -> builtIn.of(overseer.client(d -> {}), NODE)).isInstanceOf(OverseerUntrusted.class);
    }

    @Test
    void of_policyThatIsNone_isRefusedByName() {
        assertThatThrownBy(() -> demand(folder, Optional.empty(), Json.object()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("overseer_evidence.policy: expected a trust policy, got ");
    }

    @Test
    void of_policyThatLetsListsBeLeftOut_isRefused() {
        ObjectNode policy = policy();
        ((ObjectNode) policy.get("snp")).putObject("revocation").put("demand", "WHERE_PRESENT");

        assertThatThrownBy(() -> demand(folder, Optional.empty(), policy))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("overseer_evidence.policy: expected revocation that is required or waived");
    }

    @Test
    void pinned_provenKey_isCalled() throws Exception {
        overseer.on("/tasks/next", TlsOverseer.answer(204, "text/plain", new byte[0]));

        assertThat(client(overseer.spkiSha384()).nextTask(Duration.ofSeconds(1)))
                .isEmpty();
    }

    @Test
    void pinned_otherKeyOfTheSameFederation_endsTheSession() {
        assertThatThrownBy(() -> client("ab".repeat(48)).nextTask(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        OverseerUnreachable.class,
                        e -> assertThat(e.concernsIdentity()).isTrue())
                .hasMessageContaining("expected the TLS key that its evidence is bound to");
    }

    private OverseerClient client(String spki) {
        return new OverseerClient(
                overseer.uri(),
                OverseerTrust.of(overseer.roots()).pinned(spki).anonymous(),
                TlsOverseer.backoff(),
                d -> {});
    }
}
