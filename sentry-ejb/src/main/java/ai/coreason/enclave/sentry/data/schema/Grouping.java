package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells which records belong to one unit: those with one value in the unit column or tensor, as a number where it holds
 * numbers. Not thread-safe; {@link #toString()} shows no value.
 */
public final class Grouping {
    private static final int NO_COLUMN = -1;

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

    private Grouping(int column) {
        this.column = column;
    }

    /** The unit of each example, numbered from 0, where a tensor of whole numbers names it. */
    public static int[] units(Tensor names) {
        Grouping grouping = new Grouping(NO_COLUMN);
        for (int i = 0; i < names.count(); i++) {
            grouping.add(names.wholeAt(i));
        }
        return grouping.units();
    }

    /** Takes one record, in the table's order; one without a value is found missing elsewhere. */
    public void add(Row row) {
        add(row.value(column));
    }

    private void add(Object unit) {
        if (count == unitOfRecord.length) {
            unitOfRecord = Arrays.copyOf(unitOfRecord, 2 * count);
        }
        unitOfRecord[count++] = units.computeIfAbsent(unit, v -> units.size());
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
