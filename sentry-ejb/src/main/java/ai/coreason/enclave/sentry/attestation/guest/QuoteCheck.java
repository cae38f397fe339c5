package ai.coreason.enclave.sentry.attestation.guest;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.attestation.intel.QuoteBody;
import ai.coreason.enclave.sentry.attestation.intel.QuoteVerifier;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import ai.coreason.enclave.sentry.attestation.snp.SnpReport;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What a guest asks of the bytes that its hardware gave before it hands them on: that they are one whole quote, and over the
 * report data of now. It does not verify the signature: that is for who receives the quote.
 */
public final class QuoteCheck {
    private QuoteCheck() {}

    /**
     * The quote, looked through.
     *
     * @param source where the bytes came from, for errors
     * @param type {@code AMD_SEV_SNP} or {@code INTEL_TDX}
     * @param certificates as they came beside it
     * @param reportData the 64 bytes that were asked for
     * @throws IOException if the quote is empty, partial, longer than its form, or over other bytes
     */
    public static GuestQuote checked(
            String source, HardwareType type, byte[] quote, byte[] certificates, byte[] reportData) throws IOException {
        if (quote.length == 0) {
            throw new IOException(source + ": expected a quote, got no bytes");
        }
        byte[] bound;
        try {
            bound = reportData(type, quote);
        } catch (MalformedEvidence e) {
            throw new IOException(source + ": " + e.getMessage(), e);
        }
        if (!MessageDigest.isEqual(bound, reportData)) {
            throw new IOException(
                    source + ": expected a quote over the report data that was asked for, got one over other bytes");
        }
        return new GuestQuote(type, quote, certificates);
    }

    private static byte[] reportData(HardwareType type, byte[] quote) throws MalformedEvidence {
        return switch (type) {
            case AMD_SEV_SNP -> SnpReport.parse(quote).reportData();
            case INTEL_TDX -> {
                QuoteBody body = QuoteVerifier.read(quote);
                if (body.tee() != TeeType.TDX) {
                    throw new MalformedEvidence(
                            new Reason("quote.tee_type", "TDX", body.tee().name()));
                }
                yield HexFormat.of().parseHex(body.reportData());
            }
            default -> throw new IllegalArgumentException("type: expected AMD_SEV_SNP or INTEL_TDX, got " + type);
        };
    }
}
