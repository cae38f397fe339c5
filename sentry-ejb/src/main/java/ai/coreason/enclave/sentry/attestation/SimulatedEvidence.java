package ai.coreason.enclave.sentry.attestation;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Evidence without hardware, for simulations: a software key signs what a quote would say. It proves that the holder of
 * the simulation key made it, and nothing about the machine. Thread-safe.
 *
 * <p>The quote is the JSON {@code {hardware_type, measurement, report_data, issued_at, signature}}: an ECDSA P-256
 * signature with SHA-256 (DER, base64) over the RFC 8785 canonical form of the other four members.
 */
public final class SimulatedEvidence {
    private static final String ALGORITHM = "SHA256withECDSA";
    private static final int MAX_SIGNATURE = 72;
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(2);

    /**
     * What a verifier holds evidence against. Each rule fails closed: an empty set of measurements trusts none.
     *
     * @param reportData what the verifier knows of the report data, and the occasion for which it was asked
     * @param measurements measurements that are trusted, lower-case hex
     * @param now the verifier's time
     * @param maxAge how old the evidence may be
     */
    public record Expected(ReportData reportData, Set<String> measurements, Instant now, Duration maxAge) {
        /** Copies the set. */
        public Expected {
            measurements = Set.copyOf(measurements);
        }
    }

    private record Quote(HardwareType type, byte[] measurement, byte[] reportData, Instant issuedAt, byte[] signature) {
        static Quote parse(byte[] quote) {
            JsonFields f = JsonFields.of(Json.read(quote), "quote");
            Quote read = new Quote(
                    f.constant("hardware_type", HardwareType.class),
                    Formats.hex(f, "measurement"),
                    Formats.hex(f, "report_data"),
                    Formats.time(f, "issued_at"),
                    Formats.base64(f, "signature", 8, MAX_SIGNATURE));
            f.end();
            return read;
        }

        ObjectNode statement() {
            return Json.object()
                    .put("hardware_type", type.name())
                    .put("measurement", HexFormat.of().formatHex(measurement))
                    .put("report_data", HexFormat.of().formatHex(reportData))
                    .put("issued_at", issuedAt.toString());
        }
    }

    private SimulatedEvidence() {}

    /**
     * Signs evidence.
     *
     * @param key the simulation's private key, on curve P-256
     * @param measurement 1 to 128 bytes that stand for the code, such as the code manifest's SHA-256
     * @param issuedAt the signer's time; cut to milliseconds
     * @throws GeneralSecurityException if the key cannot sign
     */
    public static Evidence sign(PrivateKey key, byte[] measurement, ReportData reportData, Instant issuedAt)
            throws GeneralSecurityException {
        Instant time = issuedAt.truncatedTo(ChronoUnit.MILLIS);
        Quote unsigned = new Quote(HardwareType.SIMULATED, measurement, reportData.digest(), time, new byte[0]);
        Signature signer = Signature.getInstance(ALGORITHM);
        signer.initSign(key);
        signer.update(Json.canonical(unsigned.statement()));
        ObjectNode quote =
                unsigned.statement().put("signature", Base64.getEncoder().encodeToString(signer.sign()));
        return new Evidence(HardwareType.SIMULATED, Json.canonical(quote), reportData.json());
    }

    /**
     * Judges evidence by every rule.
     *
     * @param key the simulation's public key, the only one trusted
     * @return all reasons against it, or the measurement that it states
     */
    public static Verdict verify(PublicKey key, Evidence evidence, Expected expected) {
        Quote quote;
        ReportData reportData;
        try {
            quote = Quote.parse(evidence.quote());
            reportData = ReportData.parse(expected.reportData().role(), evidence.reportData(), "report_data");
        } catch (InvalidDocument e) {
            return new Verdict.Refused(List.of(new Reason("form", "a simulated quote", e.getMessage())));
        }
        List<Reason> reasons = new ArrayList<>();
        if (evidence.hardwareType() != HardwareType.SIMULATED || quote.type() != HardwareType.SIMULATED) {
            reasons.add(new Reason("hardware_type", "SIMULATED", evidence.hardwareType() + " and " + quote.type()));
        }
        if (!signed(key, quote)) {
            reasons.add(new Reason("signature", "one by the simulation's key", "another"));
        }
        if (!Arrays.equals(quote.reportData(), reportData.digest())) {
            reasons.add(new Reason("report_data", "the digest of the document beside the quote", "another"));
        }
        reasons.addAll(reportData.differences(expected.reportData()));
        String measurement = HexFormat.of().formatHex(quote.measurement());
        if (!expected.measurements().contains(measurement)) {
            reasons.add(new Reason("measurement", "one of " + expected.measurements(), measurement));
        }
        judgeTime(quote.issuedAt(), expected, reasons);
        return reasons.isEmpty() ? new Verdict.Trusted(measurement) : new Verdict.Refused(reasons);
    }

    private static void judgeTime(Instant issuedAt, Expected expected, List<Reason> reasons) {
        Instant earliest = expected.now().minus(expected.maxAge());
        Instant latest = expected.now().plus(CLOCK_SKEW);
        if (issuedAt.isBefore(earliest) || issuedAt.isAfter(latest)) {
            reasons.add(new Reason("issued_at", "a time in [" + earliest + ", " + latest + "]", issuedAt.toString()));
        }
    }

    private static boolean signed(PublicKey key, Quote quote) {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(Json.canonical(quote.statement()));
            return verifier.verify(quote.signature());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
