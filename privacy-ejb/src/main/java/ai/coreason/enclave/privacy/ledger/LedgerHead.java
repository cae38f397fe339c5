package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * How far an Overseer has mirrored a node's ledger, countersigned by it: no ledger of this dataset that lacks this row, or
 * has another in its place, may pay for anything.
 *
 * @param sequence of the last mirrored row; 0 before the first
 * @param hash of the last mirrored row, or the dataset's genesis hash
 * @param nonce what the asker gave, so that the answer is fresh
 * @param time when the Overseer answered, by its clock
 */
public record LedgerHead(String nodeId, String datasetId, long sequence, String hash, String nonce, Instant time) {
    /** The head as a signed document. */
    public ObjectNode signed(LedgerSeal seal) {
        ObjectNode o = Json.object()
                .put("dataset_id", datasetId)
                .put("node_id", nodeId)
                .put("sequence", sequence)
                .put("hash", hash)
                .put("nonce", nonce)
                .put("time", time.toString());
        return seal.sign(LedgerDocument.HEAD, o);
    }

    /**
     * Reads a countersigned head.
     *
     * @throws InvalidDocument if it is not one, or no Overseer of the trusted authorities signed it
     */
    public static LedgerHead verified(JsonNode node, LedgerTrust trust) {
        JsonFields f = JsonFields.of(node, "");
        LedgerHead head = new LedgerHead(
                f.text("node_id"),
                f.text("dataset_id"),
                f.whole("sequence", 0, Long.MAX_VALUE),
                f.text("hash"),
                f.text("nonce"),
                time(f));
        trust.require(LedgerDocument.HEAD, (ObjectNode) node);
        f.has(LedgerDocument.SIGNATURE);
        f.has(LedgerDocument.HEAD.certificate());
        f.end();
        return head;
    }

    private static Instant time(JsonFields f) {
        String text = f.text("time");
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw InvalidDocument.at(f.at("time"), "an RFC 3339 UTC time", text);
        }
    }
}
