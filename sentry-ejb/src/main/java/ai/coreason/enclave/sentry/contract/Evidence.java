package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A quote with the document that its report data stands for: {@code {hardware_type, quote, certificates, gpu,
 * report_data_json}}. Nothing in it is trusted before a verifier has judged it.
 *
 * @param hardwareType the quote's kind
 * @param quote the quote, 1 to 24,576 bytes
 * @param certificates for the quote's verification as the machine gave them, at most 65,536 bytes; none if it gave none
 * @param gpu what a GPU of the machine says, in a document with {@code gpu_evidence_sha256}
 * @param reportData the members (docs/ATTESTATION.md) whose digest the quote carries
 */
public record Evidence(
        HardwareType hardwareType, byte[] quote, byte[] certificates, Optional<Gpu> gpu, ObjectNode reportData) {
    /** Longest quote accepted, bytes. */
    public static final int MAX_QUOTE = 24 << 10;

    /** Most bytes of certificates, and of each part of a GPU's evidence. */
    public static final int MAX_CERTIFICATES = 64 << 10;

    private static final byte[] NONE = {};

    /**
     * A GPU's evidence.
     *
     * @param report the SPDM measurement request and response, 1 to 65,536 bytes
     * @param certificates the device's certificate chain in PEM, 1 to 65,536 bytes
     */
    public record Gpu(byte[] report, byte[] certificates) {
        /**
         * Copies the arrays.
         *
         * @throws IllegalArgumentException if one is empty or too long
         */
        public Gpu {
            require("gpu.report", report, 1, MAX_CERTIFICATES);
            require("gpu.certificates", certificates, 1, MAX_CERTIFICATES);
            report = report.clone();
            certificates = certificates.clone();
        }

        /** A copy. */
        @Override
        public byte[] report() {
            return report.clone();
        }

        /** A copy. */
        @Override
        public byte[] certificates() {
            return certificates.clone();
        }

        /** SHA-256 over the report and the certificates, each behind its length in 4 bytes, big-endian; lower-case hex. */
        public String sha256() {
            ByteBuffer all = ByteBuffer.allocate(8 + report.length + certificates.length);
            all.putInt(report.length).put(report).putInt(certificates.length).put(certificates);
            return Digests.sha256Hex(all.array());
        }

        @Override
        public String toString() {
            return "Gpu[" + report.length + " bytes]";
        }
    }

    /**
     * Copies the arrays and the document.
     *
     * @throws IllegalArgumentException if the quote is empty, or a part is too long
     */
    public Evidence {
        require("quote", quote, 1, MAX_QUOTE);
        require("certificates", certificates, 0, MAX_CERTIFICATES);
        quote = quote.clone();
        certificates = certificates.clone();
        reportData = reportData.deepCopy();
    }

    /** Evidence of a quote alone. */
    public Evidence(HardwareType hardwareType, byte[] quote, ObjectNode reportData) {
        this(hardwareType, quote, NONE, Optional.empty(), reportData);
    }

    private static void require(String name, byte[] bytes, int least, int most) {
        if (bytes.length < least || bytes.length > most) {
            throw new IllegalArgumentException(
                    name + ": expected " + least + " to " + most + " bytes, got " + bytes.length + " bytes");
        }
    }

    /** A copy of the quote. */
    @Override
    public byte[] quote() {
        return quote.clone();
    }

    /** A copy of the certificates. */
    @Override
    public byte[] certificates() {
        return certificates.clone();
    }

    /** A copy of the document. */
    @Override
    public ObjectNode reportData() {
        return reportData.deepCopy();
    }

    /**
     * Reads evidence.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static Evidence parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        HardwareType type = f.constant("hardware_type", HardwareType.class);
        byte[] quote = Formats.base64(f, "quote", 1, MAX_QUOTE);
        byte[] certificates = f.has("certificates") ? Formats.base64(f, "certificates", 1, MAX_CERTIFICATES) : NONE;
        Optional<Gpu> gpu = f.optionalObject("gpu").map(Evidence::gpu);
        ObjectNode reportData = Formats.document(f, "report_data_json");
        f.end();
        return new Evidence(type, quote, certificates, gpu, reportData);
    }

    private static Gpu gpu(JsonFields f) {
        Gpu gpu = new Gpu(
                Formats.base64(f, "report", 1, MAX_CERTIFICATES),
                Formats.base64(f, "certificates", 1, MAX_CERTIFICATES));
        f.end();
        return gpu;
    }

    /** The evidence as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object().put("hardware_type", hardwareType.name()).put("quote", Formats.base64(quote));
        if (certificates.length > 0) {
            out.put("certificates", Formats.base64(certificates));
        }
        gpu.ifPresent(g -> out.putObject("gpu")
                .put("report", Formats.base64(g.report))
                .put("certificates", Formats.base64(g.certificates)));
        out.set("report_data_json", reportData());
        return out;
    }

    @Override
    public String toString() {
        return "Evidence[" + hardwareType + "]";
    }
}
