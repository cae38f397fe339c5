package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.contract.Evidence;
import java.io.IOException;
import java.util.Optional;

/**
 * Evidence by the machine's hardware: the quote of the confidential VM, and where the site has one, what a GPU says. The
 * GPU's evidence enters the report data as {@code gpu_evidence_sha256}, so the quote vouches for it. Thread-safe.
 */
final class HardwareSource implements EvidenceSource {
    private final GuestQuotes quotes;
    private final Optional<GpuEvidence> gpu;

    HardwareSource(GuestQuotes quotes, Optional<GpuEvidence> gpu) {
        this.quotes = quotes;
        this.gpu = gpu;
    }

    @Override
    public Evidence attest(ReportData reportData) {
        try {
            Optional<Evidence.Gpu> said = Optional.empty();
            if (gpu.isPresent()) {
                said = Optional.of(gpu.get().over(nonce(reportData)));
            }
            ReportData whole = said.map(reportData::withGpu).orElse(reportData).readable();
            GuestQuote quote = quotes.quote(whole.digest());
            return new Evidence(quote.type(), quote.quote(), quote.certificates(), said, whole.json());
        } catch (IOException e) {
            throw new IllegalStateException("no evidence of this machine: " + e.getMessage(), e);
        }
    }

    private static String nonce(ReportData reportData) {
        return reportData
                .gpuNonce()
                .orElseThrow(() -> new IllegalArgumentException(
                        "report_data: expected nonce and tls_spki_sha384 for the GPU, got one without"));
    }
}
