package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.evidence.LaunchGate.LaunchRefused;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchGateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String MANIFEST = "ab".repeat(32);
    private static final ReportData ENROLMENT =
            ReportData.parse(ReportData.Role.ENROLMENT, Json.object().put("node_id", "node_a"), "report_data");

    @TempDir
    Path root;

    @Test
    void open_noHardware_refusesToLaunchAndSaysWhatItLookedFor() {
        assertThatThrownBy(
                        () -> LaunchGate.open(site(Optional.empty()), false, root, Optional.empty(), MANIFEST, CLOCK))
                .isInstanceOf(LaunchRefused.class)
                .hasMessageStartingWith("no confidential hardware: expected one of /dev/sev-guest, /dev/tdx_guest,"
                        + " /dev/sgx_enclave, " + root.resolve("sys/kernel/config/tsm/report") + ", found none");
    }

    @Test
    void open_noHardwareButInsecure_makesEvidenceThatNoSimulationTrusts() throws Exception {
        EvidenceSource source = LaunchGate.open(site(Optional.empty()), true, root, Optional.empty(), MANIFEST, CLOCK);

        assertThat(verdict(source, keys()))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.reasons())
                                .extracting(r -> r.rule())
                                .containsExactly("signature"));
    }

    @Test
    void open_tsmReports_makesHardwareEvidenceThere() throws Exception {
        Path tsm = Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));

        EvidenceSource source = LaunchGate.open(site(Optional.empty()), false, root, Optional.empty(), MANIFEST, CLOCK);

        assertThatThrownBy(() -> source.attest(ENROLMENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no evidence of this machine: " + tsm.resolve("coreason/provider"));
    }

    @Test
    void open_tsmReportsElsewhere_goBeforeTheDevice() throws Exception {
        device("sev-guest");
        Path tsm = Files.createDirectories(root.resolve("elsewhere"));

        EvidenceSource source = LaunchGate.open(site(Optional.empty()), false, root, Optional.of(tsm), MANIFEST, CLOCK);

        assertThatThrownBy(() -> source.attest(ENROLMENT)).hasMessageContaining(tsm.resolve("coreason/provider") + "");
    }

    @Test
    void open_sevGuestDeviceAlone_makesHardwareEvidenceByIt() throws Exception {
        Path device = device("sev-guest");

        EvidenceSource source = LaunchGate.open(site(Optional.empty()), false, root, Optional.empty(), MANIFEST, CLOCK);

        assertThatThrownBy(() -> source.attest(ENROLMENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no evidence of this machine: " + device + ": expected a report, got [25]");
    }

    @ParameterizedTest
    @CsvSource({
        "tdx_guest,'found [TDX], whose quotes come from the kernel''s TSM reports: expected a folder '",
        "sgx_enclave,'found [SGX], which vouches for an enclave''s code only, and the node runs in none'"
    })
    void open_hardwareThatCannotVouchAlone_refusesToLaunchAndSaysWhy(String name, String message) throws Exception {
        device(name);

        assertThatThrownBy(
                        () -> LaunchGate.open(site(Optional.empty()), false, root, Optional.empty(), MANIFEST, CLOCK))
                .isInstanceOf(LaunchRefused.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("enclave.insecure=true");
    }

    @Test
    void open_insecureWithHardware_makesEvidenceThatNobodyTrusts() throws Exception {
        Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));

        EvidenceSource source = LaunchGate.open(site(Optional.empty()), true, root, Optional.empty(), MANIFEST, CLOCK);

        assertThat(source.attest(ENROLMENT).hardwareType()).isEqualTo(HardwareType.SIMULATED);
    }

    @Test
    void open_simulation_signsTheManifestWithTheSimulationsKey() throws Exception {
        KeyPair keys = keys();
        Path pem = Files.writeString(
                root.resolve("evidence.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(keys.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");

        EvidenceSource source = LaunchGate.open(site(Optional.of(pem)), false, root, Optional.empty(), MANIFEST, CLOCK);

        assertThat(verdict(source, keys)).isEqualTo(new Verdict.Trusted(MANIFEST));
    }

    @Test
    void open_simulationKeyIsNoKey_isRefusedByFileName() throws Exception {
        Path pem = Files.writeString(root.resolve("evidence.pem"), "secret");

        assertThatThrownBy(
                        () -> LaunchGate.open(site(Optional.of(pem)), false, root, Optional.empty(), MANIFEST, CLOCK))
                .isInstanceOf(IOException.class)
                .hasMessage(pem + ": expected one PKCS#8 private key, PEM, got something else");
    }

    private Path device(String name) throws IOException {
        return Files.createFile(Files.createDirectories(root.resolve("dev")).resolve(name));
    }

    private static Verdict verdict(EvidenceSource source, KeyPair trusted) {
        return SimulatedEvidence.verify(
                trusted.getPublic(),
                source.attest(ENROLMENT),
                new SimulatedEvidence.Expected(ENROLMENT, Set.of(MANIFEST), NOW, Duration.ofMinutes(1)));
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private SiteFile site(Optional<Path> evidenceKey) {
        return new SiteFile(
                "node_a",
                URI.create("https://127.0.0.1:9444"),
                root.resolve("ca.pem"),
                root.resolve("token"),
                root.resolve("datapackage.json"),
                List.of("node_a"),
                new SitePolicy(true, Set.of()),
                evidenceKey);
    }
}
