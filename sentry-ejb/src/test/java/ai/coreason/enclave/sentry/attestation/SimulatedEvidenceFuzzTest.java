package ai.coreason.enclave.sentry.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.Mutations;
import ai.coreason.enclave.sentry.attestation.ReportData.Role;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence.Expected;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedEvidenceFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    /** A changed quote is never trusted; one that is trusted states what was signed, however it is written. */
    @Test
    void verify_quoteMutated_isNeverTrustedForAnythingElse() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        ReportData data = ReportData.parse(Role.UPDATE, ReportDataTest.members(), "");
        Evidence valid = SimulatedEvidence.sign(key.getPrivate(), new byte[] {10}, data, NOW);
        Expected expected = new Expected(data, Set.of("0a"), NOW, Duration.ofMinutes(1));

        byte[] signed = Json.canonical(Json.read(valid.quote()));
        for (int seed = 31; seed < 33; seed++) {
            Mutations.survive(seed, valid.quote(), quote -> {
                if (quote.length == 0 || quote.length > Evidence.MAX_QUOTE) {
                    return;
                }
                Evidence evidence = new Evidence(HardwareType.SIMULATED, quote, ReportDataTest.members());
                Verdict verdict = SimulatedEvidence.verify(key.getPublic(), evidence, expected);
                if (verdict instanceof Verdict.Trusted) {
                    assertThat(Arrays.equals(Json.canonical(Json.read(quote)), signed))
                            .isTrue();
                } else {
                    Json.read(quote);
                }
            });
        }
    }

    @Test
    void reportData_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(33, Json.write(ReportDataTest.members()), b -> {
            ReportData read = ReportData.parse(Role.UPDATE, Json.read(b), "");
            read.digest();
            read.differences(ReportData.parse(Role.UPDATE, ReportDataTest.members(), ""));
        });
    }
}
