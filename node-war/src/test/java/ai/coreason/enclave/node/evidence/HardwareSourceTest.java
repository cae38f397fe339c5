package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HardwareSourceTest {
    private static final byte[] CERTIFICATES = {1, 2};
    private static final ObjectNode MEMBERS = Json.object()
            .put("node_id", "node_a")
            .put("nonce", Base64.getEncoder().encodeToString(new byte[32]))
            .put("tls_spki_sha384", "ab".repeat(48));
    private static final ReportData ASKED = ReportData.parse(ReportData.Role.UPDATE, MEMBERS, "report_data");

    private final GuestQuotes echo = reportData -> new GuestQuote(HardwareType.AMD_SEV_SNP, reportData, CERTIFICATES);

    @Test
    void attest_withoutGpu_isTheQuoteOverTheReportDatasDigest() {
        Evidence evidence = new HardwareSource(echo, Optional.empty()).attest(ASKED);

        assertThat(evidence.hardwareType()).isEqualTo(HardwareType.AMD_SEV_SNP);
        assertThat(evidence.quote()).isEqualTo(ASKED.digest());
        assertThat(evidence.certificates()).isEqualTo(CERTIFICATES);
        assertThat(evidence.gpu()).isEmpty();
        assertThat(evidence.reportData()).isEqualTo(MEMBERS);
    }

    @Test
    void attest_withGpu_quoteVouchesForWhatTheGpuSaidToTheBoundNonce() {
        List<String> nonces = new ArrayList<>();
        GpuEvidence gpu = nonce -> {
            nonces.add(nonce);
            return new Evidence.Gpu(new byte[] {3}, new byte[] {4});
        };

        Evidence evidence = new HardwareSource(echo, Optional.of(gpu)).attest(ASKED);

        ObjectNode members = MEMBERS.deepCopy()
                .put("gpu_evidence_sha256", evidence.gpu().orElseThrow().sha256());
        assertThat(nonces).containsExactly(ASKED.gpuNonce().orElseThrow());
        assertThat(evidence.reportData()).isEqualTo(members);
        assertThat(evidence.quote())
                .isEqualTo(ReportData.parse(ReportData.Role.UPDATE, members, "report_data")
                        .digest());
        assertThat(Evidence.parse(evidence.json(), "evidence").json()).isEqualTo(evidence.json());
    }

    @Test
    void attest_documentWithoutNonce_asksNoGpu() {
        ReportData bare =
                ReportData.parse(ReportData.Role.UPDATE, MEMBERS.deepCopy().without(List.of("nonce")), "");
        HardwareSource source = new HardwareSource(echo, Optional.of(nonce -> {
            throw new AssertionError("a GPU that was asked without a nonce");
        }));

        assertThatThrownBy(() -> source.attest(bare))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("report_data: expected nonce and tls_spki_sha384");
    }

    @Test
    void attest_noQuote_saysWhy() {
        HardwareSource source = new HardwareSource(
                reportData -> {
                    throw new IOException("outblob: expected a quote, got no bytes");
                },
                Optional.empty());

        assertThatThrownBy(() -> source.attest(ASKED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no evidence of this machine: outblob: expected a quote, got no bytes");
    }

    @Test
    void attest_noGpuEvidence_asksForNoQuote() {
        HardwareSource source = new HardwareSource(
                reportData -> {
                    throw new AssertionError("a quote without the GPU's evidence");
                },
                Optional.of(nonce -> {
                    throw new IOException("/opt/tool: expected exit code 0, got 1");
                }));

        assertThatThrownBy(() -> source.attest(ASKED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no evidence of this machine: /opt/tool: expected exit code 0, got 1");
    }
}
