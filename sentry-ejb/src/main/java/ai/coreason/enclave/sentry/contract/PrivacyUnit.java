package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;

/**
 * Whose presence the noise hides: one record, or everything that shares a value of one column, such as a patient.
 *
 * @param column the unit column; empty when the unit is one record
 * @param maxRecords most records of one unit that are used, 1 to 1,000,000; 1 when the unit is one record
 */
public record PrivacyUnit(Optional<String> column, int maxRecords) {
    /** One record is one unit. */
    public static final PrivacyUnit RECORD = new PrivacyUnit(Optional.empty(), 1);

    private static final int MAX_RECORDS = 1_000_000;

    /**
     * Reads {@code "record"} or {@code {"column", "max_records"}}.
     *
     * @throws InvalidDocument if it is neither
     */
    public static PrivacyUnit parse(JsonNode json, String path) {
        if (json.isTextual()) {
            if (json.textValue().equals("record")) {
                return RECORD;
            }
            throw InvalidDocument.at(path, "record or {column, max_records}", JsonFields.describe(json));
        }
        JsonFields f = JsonFields.of(json, path);
        PrivacyUnit unit = new PrivacyUnit(Optional.of(f.text("column")), (int) f.whole("max_records", 1, MAX_RECORDS));
        f.end();
        return unit;
    }

    /** The unit as JSON. */
    public JsonNode json() {
        if (column.isEmpty()) {
            return TextNode.valueOf("record");
        }
        ObjectNode out = Json.object();
        return out.put("column", column.get()).put("max_records", maxRecords);
    }
}
