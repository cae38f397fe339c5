package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells which records of a table belong to one unit: those with one value in the unit column, as a number where the column
 * holds numbers. Not thread-safe; {@link #toString()} shows no value.
 */
public final class Grouping {
    private final int column;
    private final Map<Object, Integer> units = new HashMap<>();
    private int[] unitOfRecord = new int[64];
    private int count;

    /**
     * A grouping of no record yet.
     *
     * @throws InvalidDocument if the schema has no such column
     */
    public Grouping(TableSchema schema, String unitColumn) {
        column = schema.column(unitColumn)
                .orElseThrow(() -> InvalidDocument.at("privacy_unit.column", "a field of the schema", unitColumn));
    }

    /** Takes one record, in the table's order; one without a value is found missing elsewhere. */
    public void add(Row row) {
        if (count == unitOfRecord.length) {
            unitOfRecord = Arrays.copyOf(unitOfRecord, 2 * count);
        }
        unitOfRecord[count++] = units.computeIfAbsent(row.value(column), v -> units.size());
    }

    /** The unit of each record, numbered from 0. */
    public int[] units() {
        return Arrays.copyOf(unitOfRecord, count);
    }

    @Override
    public String toString() {
        return "Grouping[REDACTED]";
    }
}
