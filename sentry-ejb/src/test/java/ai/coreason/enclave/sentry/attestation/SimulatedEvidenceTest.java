package ai.coreason.enclave.sentry.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.ReportData.Role;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence.Expected;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimulatedEvidenceTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123456789Z");
    private static final byte[] MEASUREMENT = {0x0a, (byte) 0xff};
    private static KeyPair key;

    @BeforeAll
    static void makeKey() throws Exception {
        key = newKey();
    }

    private static KeyPair newKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static Evidence evidence() throws Exception {
        return SimulatedEvidence.sign(key.getPrivate(), MEASUREMENT, known(), NOW);
    }

    private static ReportData known() {
        return read(Role.UPDATE, ReportDataTest.members());
    }

    private static ReportData read(Role role, ObjectNode members) {
        return ReportData.parse(role, members, "");
    }

    private static Expected expected() {
        return expected(known());
    }

    private static Expected expected(ReportData known) {
        return new Expected(known, Set.of("0aff"), NOW, Duration.ofMinutes(5));
    }

    private static List<String> rules(Verdict verdict) {
        return verdict instanceof Verdict.Refused refused
                ? refused.reasons().stream().map(Reason::rule).toList()
                : List.of();
    }

    private static List<String> judge(Evidence evidence, Expected expected) {
        return rules(SimulatedEvidence.verify(key.getPublic(), evidence, expected));
    }

    @Test
    void verify_evidenceAsSigned_isTrustedWithItsMeasurement() throws Exception {
        assertThat(SimulatedEvidence.verify(key.getPublic(), evidence(), expected()))
                .isEqualTo(new Verdict.Trusted("0aff"));
    }

    @Test
    void verify_otherKey_isRefusedForTheSignatureAlone() throws Exception {
        assertThat(rules(SimulatedEvidence.verify(newKey().getPublic(), evidence(), expected())))
                .containsExactly("signature");
    }

    @Test
    void verify_otherRole_isRefused() throws Exception {
        assertThat(rules(SimulatedEvidence.verify(
                        key.getPublic(), evidence(), expected(read(Role.ENROLMENT, ReportDataTest.members())))))
                .containsExactly("report_data");
    }

    @Test
    void verify_documentChangedBesideTheQuote_isRefusedTwice() throws Exception {
        ObjectNode other = ReportDataTest.members().put("round", 3);
        Evidence swapped = new Evidence(HardwareType.SIMULATED, evidence().quote(), other);
        assertThat(judge(swapped, expected())).containsExactly("report_data", "report_data.round");
    }

    @Test
    void verify_memberNotAsTheVerifierKnowsIt_isRefusedByName() throws Exception {
        ObjectNode members = ReportDataTest.members().put("attempt", 2);
        assertThat(judge(evidence(), expected(read(Role.UPDATE, members)))).containsExactly("report_data.attempt");
    }

    @Test
    void verify_noMeasurementAllowed_isRefused() throws Exception {
        Expected none = new Expected(known(), Set.of(), NOW, Duration.ofMinutes(5));
        assertThat(judge(evidence(), none)).containsExactly("measurement");
    }

    @Test
    void verify_tooOldOrFromTheFuture_isRefused() throws Exception {
        for (Duration shift : List.of(Duration.ofMinutes(6), Duration.ofMinutes(-3))) {
            Expected other = new Expected(known(), Set.of("0aff"), NOW.plus(shift), Duration.ofMinutes(5));
            assertThat(judge(evidence(), other)).containsExactly("issued_at");
        }
    }

    @Test
    void verify_otherHardwareTypeBeside_isRefused() throws Exception {
        Evidence claimed = new Evidence(
                HardwareType.AMD_SEV_SNP, evidence().quote(), evidence().reportData());
        assertThat(judge(claimed, expected())).containsExactly("hardware_type");
    }

    @Test
    void verify_statementRewritten_isRefusedForTheSignature() throws Exception {
        ObjectNode quote = (ObjectNode) Json.read(evidence().quote());
        quote.put("measurement", "0b");
        Evidence forged = new Evidence(
                HardwareType.SIMULATED, Json.write(quote), evidence().reportData());
        Expected allows = new Expected(known(), Set.of("0b"), NOW, Duration.ofMinutes(5));
        assertThat(judge(forged, allows)).containsExactly("signature");
    }

    @Test
    void verify_severalFaults_listsAll() throws Exception {
        Expected other = new Expected(
                read(Role.UPDATE, Json.object().put("epoch", 4)),
                Set.of("00"),
                NOW.plusSeconds(3600),
                Duration.ofMinutes(5));
        assertThat(rules(SimulatedEvidence.verify(newKey().getPublic(), evidence(), other)))
                .containsExactly("signature", "report_data.epoch", "measurement", "issued_at");
    }

    @Test
    void verify_quoteTruncatedAtEveryOffset_isRefused() throws Exception {
        Evidence whole = evidence();
        for (int length = 1; length < whole.quote().length; length++) {
            Evidence cut =
                    new Evidence(HardwareType.SIMULATED, Arrays.copyOf(whole.quote(), length), whole.reportData());
            assertThat(judge(cut, expected())).as("first %d bytes", length).containsExactly("form");
        }
    }

    @Test
    void verify_quoteThatIsNotJson_isRefused() throws Exception {
        Evidence noise = new Evidence(
                HardwareType.SIMULATED,
                "quote".getBytes(StandardCharsets.UTF_8),
                evidence().reportData());
        assertThat(judge(noise, expected())).containsExactly("form");
    }
}
