package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;

/**
 * The verifier's finding about one node at one enrolment.
 *
 * @param nodeId the node
 * @param hardwareType what vouched for it
 * @param enclaveSignature the quote, 1 to {@link Evidence#MAX_QUOTE} bytes
 * @param measurementHash SHA-256 of the code manifest
 * @param measurement the hardware's own measurement, 1 to 128 bytes; none where untrusted evidence could not be read
 * @param status the finding
 * @param reasons why it is not trusted; empty exactly when it is
 * @param epoch the node's enrolment count, at least 0
 * @param verifiedAt when it was judged
 * @param expiresAt until when the finding holds; not before {@code verifiedAt}
 * @param insecure whether the node runs without hardware protection
 */
public record AttestationReport(
        String nodeId,
        HardwareType hardwareType,
        byte[] enclaveSignature,
        String measurementHash,
        byte[] measurement,
        Status status,
        List<String> reasons,
        long epoch,
        Instant verifiedAt,
        Instant expiresAt,
        boolean insecure) {

    /** A verifier's finding. */
    public enum Status {
        /** Every rule of the trust policy held. */
        TRUSTED,
        /** At least one rule did not. */
        UNTRUSTED
    }

    /**
     * Copies the arrays and the list.
     *
     * @throws InvalidDocument if status and reasons, or the two times, contradict each other
     */
    public AttestationReport {
        enclaveSignature = enclaveSignature.clone();
        measurement = measurement.clone();
        reasons = List.copyOf(reasons);
        if ((status == Status.TRUSTED) != reasons.isEmpty()) {
            throw InvalidDocument.at(
                    "reasons", "none when TRUSTED and at least one when UNTRUSTED", reasons.size() + " with " + status);
        }
        if (status == Status.TRUSTED && measurement.length == 0) {
            throw InvalidDocument.at("measurement", "at least one byte when TRUSTED", "none");
        }
        if (expiresAt.isBefore(verifiedAt)) {
            throw InvalidDocument.at("expires_at", "a time not before verified_at " + verifiedAt, expiresAt);
        }
    }

    /**
     * The finding about the same node's later evidence, which does not hold.
     *
     * @param reasons at least one
     * @param at when it was judged
     */
    public AttestationReport untrusted(Evidence evidence, List<String> reasons, Instant at) {
        return untrusted(evidence.hardwareType(), evidence.quote(), reasons, at);
    }

    /**
     * The finding that the same node is no longer trusted, whatever its evidence was.
     *
     * @param reasons at least one
     * @param at when that was found
     */
    public AttestationReport untrusted(List<String> reasons, Instant at) {
        return untrusted(hardwareType, enclaveSignature, reasons, at);
    }

    private AttestationReport untrusted(HardwareType type, byte[] quote, List<String> reasons, Instant at) {
        Instant now = at.truncatedTo(ChronoUnit.MILLIS);
        return new AttestationReport(
                nodeId,
                type,
                quote,
                measurementHash,
                measurement,
                Status.UNTRUSTED,
                reasons,
                epoch,
                now,
                now,
                insecure);
    }

    /** A copy of the quote. */
    @Override
    public byte[] enclaveSignature() {
        return enclaveSignature.clone();
    }

    /** A copy of the measurement. */
    @Override
    public byte[] measurement() {
        return measurement.clone();
    }

    /**
     * Reads a report.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static AttestationReport parse(JsonNode json) {
        JsonFields f = JsonFields.of(json, "");
        AttestationReport report = new AttestationReport(
                f.identifier("node_id"),
                f.constant("hardware_type", HardwareType.class),
                Formats.base64(f, "enclave_signature", 1, Evidence.MAX_QUOTE),
                Formats.sha256(f, "measurement_hash"),
                HexFormat.of()
                        .parseHex(
                                f.text("measurement", "at most 128 bytes in lower-case hex", AttestationReport::isHex)),
                f.constant("status", Status.class),
                f.texts("reasons"),
                f.whole("epoch", 0, Formats.MAX_WHOLE),
                Formats.time(f, "verified_at"),
                Formats.time(f, "expires_at"),
                f.flag("insecure", false));
        f.end();
        return report;
    }

    private static boolean isHex(String text) {
        return text.length() <= 256 && text.matches("(?:[0-9a-f]{2})*");
    }

    /** The report as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object()
                .put("node_id", nodeId)
                .put("hardware_type", hardwareType.name())
                .put("enclave_signature", Formats.base64(enclaveSignature))
                .put("measurement_hash", measurementHash)
                .put("measurement", HexFormat.of().formatHex(measurement))
                .put("status", status.name());
        ArrayNode why = out.putArray("reasons");
        reasons.forEach(why::add);
        return out.put("epoch", epoch)
                .put("verified_at", verifiedAt.toString())
                .put("expires_at", expiresAt.toString())
                .put("insecure", insecure);
    }

    @Override
    public String toString() {
        return "AttestationReport[" + nodeId + ", " + hardwareType + ", " + status + "]";
    }
}
