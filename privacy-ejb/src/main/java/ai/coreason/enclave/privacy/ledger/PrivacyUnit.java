package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * Whose presence differential privacy hides: one record, or all records that share a value in a unit column (a patient).
 *
 * @param column the unit column; empty when the unit is one record
 * @param maxRecords how many records of one unit are used at most, 1 to 1,000,000; 1 when the unit is one record
 */
public record PrivacyUnit(String column, int maxRecords) {
    /** One record. */
    public static final PrivacyUnit RECORD = new PrivacyUnit("", 1);

    private static final int MAX_RECORDS = 1_000_000;

    /** Refuses fewer than one record per unit. */
    public PrivacyUnit {
        if (maxRecords < 1) {
            throw new IllegalArgumentException("max_records: expected a whole number >= 1, got " + maxRecords);
        }
    }

    /**
     * Reads {@code "record"} or {@code {"column", "max_records"}}.
     *
     * @throws InvalidDocument if it is neither
     */
    public static PrivacyUnit parse(JsonNode node, String path) {
        if (node.isTextual()) {
            if (!node.textValue().equals("record")) {
                throw InvalidDocument.at(
                        path, "\"record\" or an object with column and max_records", JsonFields.describe(node));
            }
            return RECORD;
        }
        JsonFields f = JsonFields.of(node, path);
        PrivacyUnit unit = new PrivacyUnit(f.text("column"), (int) f.whole("max_records", 1, MAX_RECORDS));
        f.end();
        return unit;
    }

    /** The form that {@link #parse} reads. */
    public JsonNode json() {
        if (column.isEmpty()) {
            return TextNode.valueOf("record");
        }
        return Json.object().put("column", column).put("max_records", maxRecords);
    }
}
