package ai.coreason.enclave.sentry.attestation;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
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

    private static final String NODE = "node_id";
    private static final String VERIFIER = "verifier";
    private static final String NONCE = "nonce";
    private static final String TLS = "tls_spki_sha384";
    private static final String GPU = "gpu_evidence_sha256";

    private final Role role;
    private final ObjectNode members;

    private ReportData(Role role, ObjectNode members) {
        this.role = role;
        this.members = members;
    }

    /**
     * What both ends know of an enrolment: a node has more bound by it, with what its code is and where its ledger stands.
     *
     * @param nonce the Overseer's single-use nonce, 32 bytes in base64
     * @param tlsSpkiSha384 the key of the certificate that is asked for
     */
    public static ReportData enrolment(String nodeId, String nonce, String tlsSpkiSha384) {
        return new ReportData(Role.ENROLMENT, Json.object().put(NODE, nodeId))
                .with(NONCE, nonce)
                .with(TLS, tlsSpkiSha384);
    }

    /**
     * What both ends know of an update and of the session in which it is handed in: a node has more bound by it, with the key
     * that it sealed to and what its code is.
     *
     * @param sealedSha256 SHA-256 of the sealed bytes
     * @param epoch the node's enrolment
     * @param tlsSpkiSha384 the key that the node shows
     */
    public static ReportData update(UpdateStatement statement, String sealedSha256, long epoch, String tlsSpkiSha384) {
        ContributionKey key = statement.key();
        ObjectNode members = Json.object()
                .put(NODE, key.nodeId())
                .put(NONCE, Formats.base64(statement.nonce()))
                .put("job_digest", statement.jobDigest())
                .put("round", key.round())
                .put("attempt", key.attempt().attempt())
                .put("base_digest", statement.baseDigest())
                .put("plan_digest", statement.planDigest())
                .put("update_digest", sealedSha256)
                .put("epoch", epoch)
                .put(TLS, tlsSpkiSha384);
        JsonNode row = statement.ledgerRow();
        return new ReportData(Role.UPDATE, members)
                .withLedgerHead(row.path("sequence").asLong(), row.path("hash").asText());
    }

    /**
     * What an Overseer proves to a node.
     *
     * @param verifier the node that asks
     * @param nonce the node's own, 32 bytes in base64
     * @param tlsSpkiSha384 the key that the Overseer's server shows
     */
    public static ReportData overseer(String verifier, String nonce, String tlsSpkiSha384) {
        return new ReportData(Role.OVERSEER, Json.object().put(VERIFIER, verifier))
                .with(NONCE, nonce)
                .with(TLS, tlsSpkiSha384);
    }

    /** The same, with the digest of the code that runs. */
    public ReportData withManifest(String sha256) {
        return with("code_manifest_sha256", sha256);
    }

    /** The same, with the key that an update is sealed to. */
    public ReportData withSealingKey(SealingKey key) {
        return with("hpke", key.json());
    }

    /**
     * The same, with the last row of the node's ledger.
     *
     * @param hash that row's, or the genesis hash of a ledger without rows
     */
    public ReportData withLedgerHead(long sequence, String hash) {
        return with("ledger_head", Json.object().put("sequence", sequence).put("hash", hash));
    }

    /** The same, with what a GPU of the machine says. */
    public ReportData withGpu(Evidence.Gpu gpu) {
        return with(GPU, gpu.sha256());
    }

    private ReportData with(String name, String value) {
        return with(name, TextNode.valueOf(value));
    }

    private ReportData with(String name, JsonNode value) {
        ObjectNode more = json();
        more.set(name, value);
        return new ReportData(role, more);
    }

    /**
     * The same, once it is sure that a verifier can read it: to be asked before a quote is made.
     *
     * @throws InvalidDocument naming the member that is not of its type, as in {@link #parse} of {@code report_data}
     */
    public ReportData readable() {
        return parse(role, members, "report_data");
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
        for (String name : List.of(NODE, VERIFIER)) {
            if (f.has(name)) {
                f.identifier(name);
            }
        }
        for (String name : List.of(
                GPU,
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
        if (f.has(TLS)) {
            f.text(TLS, "96 lower-case hex digits", s -> s.matches("[0-9a-f]{96}"));
        }
        if (f.has(NONCE)) {
            Formats.base64(f, NONCE, 32, 32);
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
        if (!members.has(NONCE) || !members.has(TLS)) {
            return Optional.empty();
        }
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Base64.getDecoder().decode(members.get(NONCE).textValue()));
        both.writeBytes(HexFormat.of().parseHex(members.get(TLS).textValue()));
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
     * What a GPU's evidence is said to have the digest of; empty where the document speaks of none.
     */
    public Optional<String> gpuEvidenceSha256() {
        return Optional.ofNullable(members.get(GPU)).map(JsonNode::asText);
    }

    /**
     * Where these members are not what a verifier knows them to be.
     *
     * @param expected what the verifier knows; members that it does not have are free
     * @return one reason for each that is missing or different; empty where all agree
     */
    public List<Reason> differences(ReportData expected) {
        List<Reason> reasons = new ArrayList<>();
        for (Map.Entry<String, JsonNode> e : expected.members.properties()) {
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
