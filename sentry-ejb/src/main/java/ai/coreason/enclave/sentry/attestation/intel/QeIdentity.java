package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * What Intel says of its quoting enclave: an enclave identity of version 2 (Intel SGX and TDX Provisioning Certification
 * Service API, "Get Quoting Enclave Identity"). Immutable and thread-safe.
 *
 * @param id {@code QE} or {@code TD_QE}
 * @param issued when it was signed
 * @param nextUpdate until when it is good
 * @param evaluation the number of the evaluation, which grows
 * @param miscSelect 4 bytes, lower-case hex, as are the three that follow, of 4, 16 and 16 bytes
 * @param mrSigner 32 bytes, lower-case hex
 * @param levels the newest first, at least one
 */
record QeIdentity(
        String id,
        Instant issued,
        Instant nextUpdate,
        long evaluation,
        String miscSelect,
        String miscSelectMask,
        String attributes,
        String attributesMask,
        String mrSigner,
        int isvProdId,
        List<SoftwareLevel> levels) {
    QeIdentity {
        levels = List.copyOf(levels);
    }

    static QeIdentity read(SignedDocument document) throws MalformedEvidence {
        try {
            JsonFields fields = document.fields();
            fields.whole("version", 2, 2);
            return new QeIdentity(
                    fields.text("id"),
                    Wire.time(fields, "issueDate"),
                    Wire.time(fields, "nextUpdate"),
                    fields.whole("tcbEvaluationDataNumber", 0, Integer.MAX_VALUE),
                    Wire.hex(fields, "miscselect", 4),
                    Wire.hex(fields, "miscselectMask", 4),
                    Wire.hex(fields, "attributes", 16),
                    Wire.hex(fields, "attributesMask", 16),
                    Wire.hex(fields, "mrsigner", 32),
                    (int) fields.whole("isvprodid", 0, 65535),
                    SoftwareLevel.read(fields));
        } catch (InvalidDocument e) {
            throw SignedDocument.refusal(document.name(), "an enclave identity of version 2", e.getMessage());
        }
    }

    /** Notes in what a report is not of this enclave. */
    void judge(EnclaveReport report, Findings findings) {
        String misc = HexFormat.of().toHexDigits(Integer.reverseBytes((int) report.miscSelect()));
        masked("qe_identity.miscselect", miscSelect, miscSelectMask, misc, findings);
        masked("qe_identity.attributes", attributes, attributesMask, report.attributes(), findings);
        findings.check(report.mrSigner().equals(mrSigner), "qe_identity.mrsigner", mrSigner, report.mrSigner());
        findings.check(
                report.isvProdId() == isvProdId,
                "qe_identity.isvprodid",
                Integer.toString(isvProdId),
                Integer.toString(report.isvProdId()));
    }

    private static void masked(String rule, String expected, String mask, String came, Findings findings) {
        BigInteger bits = new BigInteger(came, 16).and(new BigInteger(mask, 16));
        findings.check(bits.equals(new BigInteger(expected, 16)), rule, expected + " under mask " + mask, came);
    }
}
