package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.EncodedField;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a column in the order by which they are encoded: that of the job, else that of the schema's enum.
 * Immutable and thread-safe.
 */
public final class Levels {
    /** The place of a value that is none of them. */
    static final int NOWHERE = -1;

    private final Map<Object, Integer> places;

    private Levels(List<?> values, String path) {
        places = new HashMap<>();
        for (Object value : values) {
            if (places.put(value, places.size()) != null) {
                throw InvalidDocument.at(path, "every value once", "one twice");
            }
        }
    }

    /**
     * The values that a job or the schema orders.
     *
     * @throws InvalidDocument if the job's are not of the column's type; there is none where neither orders any
     */
    public static Levels of(EncodedField asked, Field field, String path) {
        if (asked.encode().order().isEmpty()) {
            return new Levels(declared(field), path);
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < asked.encode().order().size(); i++) {
            JsonNode value = asked.encode().order().get(i);
            String at = path + ".order[" + i + "]";
            values.add(field.logical(value)
                    .orElseThrow(() -> InvalidDocument.at(
                            at, "a value of type " + field.type().wire(), JsonFields.describe(value))));
        }
        return new Levels(values, path + ".order");
    }

    private static List<?> declared(Field field) {
        Constraints c = field.constraints();
        return field.type().text() ? c.texts() : c.numbers();
    }

    /** How many there are. */
    public int size() {
        return places.size();
    }

    /** Whether the schema allows values, and none but these. */
    public boolean cover(Field field) {
        List<?> allowed = declared(field);
        return !allowed.isEmpty() && places.keySet().containsAll(allowed);
    }

    /** Whether no value that an enum of the schema allows is left out; so where there is no enum. */
    public boolean coverAny(Field field) {
        return places.keySet().containsAll(declared(field));
    }

    /** Where a record's value stands, from 0; {@link #NOWHERE} where it does not. */
    public int place(Row row, int column) {
        return row.missing(column) ? NOWHERE : places.getOrDefault(row.value(column), NOWHERE);
    }
}
