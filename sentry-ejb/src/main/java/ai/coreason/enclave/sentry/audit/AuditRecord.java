package ai.coreason.enclave.sentry.audit;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One event of the audit log as it is exported. {@code hash} is SHA-256 over the canonical JSON (RFC 8785) of all other
 * members; the first record's {@code previous_hash} is 64 zeros.
 *
 * @param sequence from 1, without gaps
 * @param event what happened, such as {@code job.admitted}
 * @param details identifiers, digests and counts; never a record, a weight, a key or a token
 */
public record AuditRecord(
        long sequence, Instant time, String event, JsonNode details, String previousHash, String hash) {
    /** What the first record follows. */
    public static final String GENESIS = "0".repeat(64);

    /** Keeps its own copy of the details. */
    public AuditRecord {
        details = details.deepCopy();
    }

    static AuditRecord follow(long sequence, Instant time, String event, JsonNode details, String previousHash) {
        AuditRecord open = new AuditRecord(sequence, time, event, details, previousHash, "");
        return new AuditRecord(sequence, time, event, details, previousHash, open.computedHash());
    }

    /** The hash that this record must carry. */
    public String computedHash() {
        ObjectNode o = json();
        o.remove("hash");
        return Json.digest(o);
    }

    /** The record in the export's form. */
    public ObjectNode json() {
        ObjectNode o = Json.object()
                .put("sequence", sequence)
                .put("time", time.toString())
                .put("event", event);
        o.set("details", details.deepCopy());
        return o.put("previous_hash", previousHash).put("hash", hash);
    }

    /** Reads one exported record; the hash is read, not checked. */
    public static AuditRecord parse(JsonNode node, String path) {
        JsonFields f = JsonFields.of(node, path);
        AuditRecord record = new AuditRecord(
                f.whole("sequence", 1, Long.MAX_VALUE),
                Instant.parse(f.text("time")),
                f.text("event"),
                f.any("details", "an object"),
                f.text("previous_hash"),
                f.text("hash"));
        f.end();
        return record;
    }

    /**
     * Checks a whole log.
     *
     * @return what is wrong with the first record that does not hold, or empty
     */
    public static Optional<String> firstFault(List<AuditRecord> log) {
        String previous = GENESIS;
        long sequence = 0;
        for (AuditRecord r : log) {
            if (r.sequence() != ++sequence) {
                return Optional.of("record " + sequence + ": expected this sequence, got " + r.sequence());
            }
            if (!r.previousHash().equals(previous)) {
                return Optional.of("record " + sequence + ": does not follow the record before it");
            }
            if (!r.hash().equals(r.computedHash())) {
                return Optional.of("record " + sequence + ": its content does not have its hash");
            }
            previous = r.hash();
        }
        return Optional.empty();
    }
}
