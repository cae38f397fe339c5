package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.AttestationReport;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import ai.coreason.enclave.sentry.contract.Evidence;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One attempt to enrol, as a node sends it.
 *
 * @param csr a PKCS#10 request in DER; copied
 * @param insecure whether the node says that no hardware binds it
 * @param nextTokenSha256 of the token that the node has chosen for its next enrolment
 * @param digest of the whole request, in canonical form
 */
public record EnrolmentRequest(
        String nodeId,
        String token,
        String nonce,
        byte[] csr,
        Evidence evidence,
        boolean insecure,
        List<DatasetRegistration> datasets,
        Optional<String> nextTokenSha256,
        String digest) {

    /** Copies list and array. */
    public EnrolmentRequest {
        csr = csr.clone();
        datasets = List.copyOf(datasets);
    }

    /** A copy of the request's bytes. */
    @Override
    public byte[] csr() {
        return csr.clone();
    }

    /**
     * Reads a request.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    static EnrolmentRequest parse(JsonNode body) {
        JsonFields f = JsonFields.of(body, "");
        EnrolmentRequest r = new EnrolmentRequest(
                f.identifier("node_id"),
                f.text("token", "a token of at most 200 characters", s -> s.length() <= 200),
                f.text("nonce", "a nonce of at most 200 characters", s -> s.length() <= 200),
                base64(f, "csr"),
                Evidence.parse(f.any("evidence", "evidence"), "evidence"),
                f.flag("insecure", false),
                f.list("datasets", "an array of dataset registrations", DatasetRegistration::parse),
                f.has("next_token_sha256") ? Optional.of(Formats.sha256(f, "next_token_sha256")) : Optional.empty(),
                Json.digest(body));
        f.end();
        if (!r.manifest().matches("[0-9a-f]{64}")) {
            throw InvalidDocument.at(
                    "evidence.report_data_json.code_manifest_sha256", "64 lower-case hex digits", "other text");
        }
        return r;
    }

    private static byte[] base64(JsonFields f, String name) {
        try {
            return Base64.getDecoder().decode(f.text(name));
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(name, "base64", "other text");
        }
    }

    private String manifest() {
        return evidence.reportData().path("code_manifest_sha256").asText();
    }

    /**
     * The attestation report that a verdict on this request gives.
     *
     * @param end until when it counts
     */
    AttestationReport report(long epoch, Instant end, Verdict verdict) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List<Reason> reasons = verdict instanceof Verdict.Refused refused ? refused.reasons() : List.of();
        return new AttestationReport(
                nodeId,
                evidence.hardwareType(),
                evidence.quote(),
                manifest(),
                HexFormat.of().parseHex(verdict.measurement()),
                reasons.isEmpty() ? AttestationReport.Status.TRUSTED : AttestationReport.Status.UNTRUSTED,
                reasons.stream().map(Reason::toString).toList(),
                epoch,
                now,
                end.isBefore(now) ? now : end,
                insecure);
    }

    /** Shows no token. */
    @Override
    public String toString() {
        return "EnrolmentRequest[" + nodeId + "]";
    }
}
