package ai.coreason.enclave.sentry.attestation;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.SealingKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a quote is bound to: a document of public values whose digest the quote carries as its report data. Immutable
 * and thread-safe.
 *
 * <p>{@link #digest()} is SHA-512 over three parts, each behind its length in 4 bytes, big-endian: the text
 * {@code coreason/att/v1}, the role, and the RFC 8785 canonical JSON of the members. A member that is left out is not
 * in the JSON. Members: {@code node_id, epoch, verifier, nonce, tls_spki_sha384, hpke {suite, key},
 * gpu_evidence_sha256, code_manifest_sha256, job_digest, round, attempt, base_digest, plan_digest, update_digest,
 * ledger_head {sequence, hash}, model_digest}.
 */
public final class ReportData {
    /** What the first part says, so that no other protocol's digest can be taken for this one. */
    public static final String DOMAIN = "coreason/att/v1";

    /** The occasion of a quote; a quote for one is not good for another. */
    public enum Role {
        /** A node enrols. */
        ENROLMENT("node/enrolment"),
        /** A node hands in an update. */
        UPDATE("node/update"),
        /** An Overseer shows its own evidence. */
        OVERSEER("overseer");

        private final String wire;

        Role(String wire) {
            this.wire = wire;
        }

        /** The text that is hashed. */
        public String wire() {
            return wire;
        }
    }

    private final Role role;
    private final ObjectNode members;

    private ReportData(Role role, ObjectNode members) {
        this.role = role;
        this.members = members;
    }

    /**
     * Reads the members.
     *
     * @param path where they stand in a document, for errors
     * @throws InvalidDocument naming the first member that is unknown, or not of its type
     */
    public static ReportData parse(Role role, JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        readText(f);
        for (String name : List.of("epoch", "round", "attempt")) {
            if (f.has(name)) {
                f.whole(name, 0, Formats.MAX_WHOLE);
            }
        }
        f.optionalObject("hpke").ifPresent(SealingKey::read);
        f.optionalObject("ledger_head").ifPresent(head -> {
            head.whole("sequence", 0, Formats.MAX_WHOLE);
            Formats.sha256(head, "hash");
            head.end();
        });
        f.end();
        ObjectNode members = Json.object();
        json.properties().forEach(e -> {
            if (!e.getValue().isNull()) {
                members.set(e.getKey(), e.getValue().deepCopy());
            }
        });
        return new ReportData(role, members);
    }

    private static void readText(JsonFields f) {
        for (String name : List.of("node_id", "verifier")) {
            if (f.has(name)) {
                f.identifier(name);
            }
        }
        for (String name : List.of(
                "gpu_evidence_sha256",
                "code_manifest_sha256",
                "job_digest",
                "base_digest",
                "plan_digest",
                "update_digest",
                "model_digest")) {
            if (f.has(name)) {
                Formats.sha256(f, name);
            }
        }
        if (f.has("tls_spki_sha384")) {
            f.text("tls_spki_sha384", "96 lower-case hex digits", s -> s.matches("[0-9a-f]{96}"));
        }
        if (f.has("nonce")) {
            Formats.base64(f, "nonce", 32, 32);
        }
    }

    /** The occasion. */
    public Role role() {
        return role;
    }

    /** The members; a copy. */
    public ObjectNode json() {
        return members.deepCopy();
    }

    /**
     * What a GPU of the machine signs over, so that its evidence is of this occasion and this key: SHA-256 over the verifier's
     * nonce, 32 bytes, and the SHA-384 of the TLS key, 48 bytes. 64 lower-case hex digits; empty if one of the two is missing.
     */
    public Optional<String> gpuNonce() {
        if (!members.has("nonce") || !members.has("tls_spki_sha384")) {
            return Optional.empty();
        }
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Base64.getDecoder().decode(members.get("nonce").textValue()));
        both.writeBytes(HexFormat.of().parseHex(members.get("tls_spki_sha384").textValue()));
        return Optional.of(Digests.sha256Hex(both.toByteArray()));
    }

    /** The report data: 64 bytes. */
    public byte[] digest() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        append(out, DOMAIN.getBytes(StandardCharsets.UTF_8));
        append(out, role.wire().getBytes(StandardCharsets.UTF_8));
        append(out, Json.canonical(members));
        return Digests.sha512().digest(out.toByteArray());
    }

    /**
     * Where these members are not what a verifier knows them to be.
     *
     * @param expected each member that the verifier knows, with its value; others are free
     * @return one reason for each that is missing or different; empty where all agree
     */
    public List<Reason> differences(ObjectNode expected) {
        List<Reason> reasons = new ArrayList<>();
        for (Map.Entry<String, JsonNode> e : expected.properties()) {
            JsonNode came = members.get(e.getKey());
            boolean same = came != null && Json.digest(wrap(came)).equals(Json.digest(wrap(e.getValue())));
            if (!same) {
                reasons.add(new Reason(
                        "report_data." + e.getKey(),
                        e.getValue().toString(),
                        came == null ? "nothing" : came.toString()));
            }
        }
        return reasons;
    }

    /** Numbers of different Java types with one value have one canonical form. */
    private static ObjectNode wrap(JsonNode value) {
        ObjectNode out = Json.object();
        out.set("v", value);
        return out;
    }

    private static void append(ByteArrayOutputStream out, byte[] part) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
        out.writeBytes(part);
    }
}
