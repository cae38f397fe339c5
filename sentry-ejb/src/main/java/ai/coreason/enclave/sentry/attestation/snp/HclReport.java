package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the paravisor of a confidential VM in Azure leaves in its vTPM: a report, and runtime data with the vTPM's
 * attestation key, to which the report is bound.
 *
 * <p>Little-endian: {@code HCLA}, version, size of all but padding, request type, status, 12 zeros (32 bytes); report (1184
 * bytes); size of the rest, version, report type 2, hash type 1 (SHA-256), size of the runtime data (20 bytes); runtime
 * data; zeros. The first 32 bytes of the report data are the runtime data's digest, the others are zero (Azure guest
 * attestation design; OpenHCL, {@code igvm_attest}).
 *
 * @param report 1184 bytes
 * @param runtimeData JSON
 */
record HclReport(byte[] report, byte[] runtimeData) {
    private static final int HEADER = 32;
    private static final int DATA_HEADER = 20;
    private static final int REPORT_DATA = 0x50;

    /**
     * Reads one.
     *
     * @throws MalformedEvidence naming the first offset that is not of the form
     */
    static HclReport parse(byte[] bytes) throws MalformedEvidence {
        ByteReader in = new ByteReader("hcl_report", bytes);
        String magic = new String(in.bytes(4), StandardCharsets.ISO_8859_1);
        if (!magic.equals("HCLA")) {
            throw new MalformedEvidence("hcl_report", 0, "HCLA", "others");
        }
        version(in);
        long size = in.u32();
        in.expect("request type", 2, in.u32());
        in.expect("status", 0, in.u32());
        in.zeros("header", 12);
        byte[] report = in.bytes(SnpReport.BYTES);
        long rest = in.u32();
        version(in);
        in.expect("report type", 2, in.u32());
        in.expect("hash type", 1, in.u32());
        long length = in.u32();
        in.expect("size of the data with its header", DATA_HEADER + length, rest);
        in.expect("size", HEADER + SnpReport.BYTES + rest, size);
        byte[] runtimeData = in.bytes(length);
        in.zeros("padding", in.left());
        return new HclReport(report, runtimeData);
    }

    private static void version(ByteReader in) throws MalformedEvidence {
        long version = in.u32();
        if (version != 1 && version != 2) {
            throw in.refusal("version 1 or 2", Long.toString(version));
        }
    }

    /**
     * Checks what binds the runtime data to the report.
     *
     * @param beside the same runtime data as a file of its own, if there is one
     */
    void check(Optional<byte[]> beside, Findings findings) {
        byte[] bound = Arrays.copyOfRange(report, REPORT_DATA, REPORT_DATA + 64);
        byte[] expected = Arrays.copyOf(Digests.sha256().digest(runtimeData), 64);
        findings.require(
                Arrays.equals(expected, bound),
                "report_data",
                "SHA-256 of the runtime data and zeros, " + ByteReader.hex(expected),
                ByteReader.hex(bound));
        findings.require(
                beside.isEmpty() || Arrays.equals(beside.get(), runtimeData),
                "runtime_data.json",
                "the runtime data of the HCL report",
                "others");
        findings.require(hasAttestationKey(), "runtime_data.keys", "an RSA key HCLAkPub", "none");
    }

    private boolean hasAttestationKey() {
        try {
            for (JsonNode key : Json.read(runtimeData).path("keys")) {
                if (key.path("kid").asText().equals("HCLAkPub")
                        && key.path("kty").asText().equals("RSA")) {
                    return true;
                }
            }
            return false;
        } catch (InvalidDocument e) {
            return false;
        }
    }
}
