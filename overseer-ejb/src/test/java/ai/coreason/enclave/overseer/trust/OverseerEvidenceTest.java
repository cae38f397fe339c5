package ai.coreason.enclave.overseer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverseerEvidenceTest {
    private static final String NONCE = Base64.getEncoder().encodeToString(new byte[32]);

    @TempDir
    Path folder;

    private X509Certificate own;
    private Path certificate;

    @BeforeEach
    void writeCertificate() throws Exception {
        own = FederationCa.open(folder.resolve("ca")).caCertificate();
        certificate = Files.writeString(folder.resolve("server.pem"), Pem.write(Pem.CERTIFICATE, own.getEncoded()));
    }

    @Test
    void attest_quotesTheVerifierTheNonceAndTheServersKey() throws Exception {
        GuestQuotes echo = data -> new GuestQuote(HardwareType.INTEL_TDX, data, new byte[0]);

        Evidence evidence =
                new OverseerEvidence(echo, certificate).attest("node_a", NONCE).orElseThrow();

        assertThat(evidence.reportData().get("verifier").textValue()).isEqualTo("node_a");
        assertThat(evidence.reportData().get("nonce").textValue()).isEqualTo(NONCE);
        assertThat(evidence.reportData().get("tls_spki_sha384").textValue())
                .isEqualTo(FederationCa.spkiSha384(own.getPublicKey()));
        assertThat(evidence.quote())
                .isEqualTo(ReportData.parse(ReportData.Role.OVERSEER, evidence.reportData(), "")
                        .digest());
    }

    @Test
    void attest_moreCallersThanMayWait_areSentAwayAndThePlacesComeBack() throws Exception {
        CountDownLatch inside = new CountDownLatch(OverseerEvidence.WAITING);
        CountDownLatch goOn = new CountDownLatch(1);
        OverseerEvidence evidence = new OverseerEvidence(
                data -> {
                    inside.countDown();
                    await(goOn);
                    return new GuestQuote(HardwareType.INTEL_TDX, data, new byte[0]);
                },
                certificate);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Optional<Evidence>>> waiting = new ArrayList<>();
            for (int i = 0; i < OverseerEvidence.WAITING; i++) {
                waiting.add(threads.submit(() -> evidence.attest("node_a", NONCE)));
            }
            await(inside);

            assertThatThrownBy(() -> evidence.attest("node_b", NONCE)).isInstanceOf(OverseerEvidence.Busy.class);

            goOn.countDown();
            for (Future<Optional<Evidence>> each : waiting) {
                assertThat(each.get(1, TimeUnit.MINUTES)).isPresent();
            }
            assertThat(evidence.attest("node_b", NONCE)).isPresent();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void attest_withoutHardware_isEmpty() throws Exception {
        assertThat(new OverseerEvidence(Optional.of(folder.resolve("none").toString()), folder.toString())
                        .attest("node_a", NONCE))
                .isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
