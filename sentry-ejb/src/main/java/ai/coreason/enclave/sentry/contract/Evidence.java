package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A quote with the document that its report data stands for: {@code {hardware_type, quote, report_data_json}}. Nothing
 * in it is trusted before a verifier has judged it.
 *
 * @param hardwareType the quote's kind
 * @param quote the quote, 1 to 24,576 bytes
 * @param reportData the members of ARCHITECTURE section 5, whose digest the quote carries
 */
public record Evidence(HardwareType hardwareType, byte[] quote, ObjectNode reportData) {
    /** Longest quote accepted, bytes. */
    public static final int MAX_QUOTE = 24 << 10;

    /**
     * Copies the quote and the document.
     *
     * @throws IllegalArgumentException if the quote is empty or too long
     */
    public Evidence {
        if (quote.length < 1 || quote.length > MAX_QUOTE) {
            throw new IllegalArgumentException(
                    "quote: expected 1 to " + MAX_QUOTE + " bytes, got " + quote.length + " bytes");
        }
        quote = quote.clone();
        reportData = reportData.deepCopy();
    }

    /** A copy of the quote. */
    @Override
    public byte[] quote() {
        return quote.clone();
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
        ObjectNode reportData = Formats.document(f, "report_data_json");
        f.end();
        return new Evidence(type, quote, reportData);
    }

    /** The evidence as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object().put("hardware_type", hardwareType.name()).put("quote", Formats.base64(quote));
        out.set("report_data_json", reportData());
        return out;
    }

    @Override
    public String toString() {
        return "Evidence[" + hardwareType + "]";
    }
}
