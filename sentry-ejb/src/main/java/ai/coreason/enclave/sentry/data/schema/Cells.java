package ai.coreason.enclave.sentry.data.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The cells of one record after another, checked against a schema as they come, whatever format they come from. Not
 * thread-safe; one instance reads one table once.
 */
public final class Cells {
    private final List<Field> fields;
    private final Set<String> missingValues;
    private final Set<Double> missingNumbers = new HashSet<>();
    private final Row row;
    private final Findings.Tally tally = new Findings.Tally();
    private final Map<Integer, Set<String>> unique = new HashMap<>();
    private final Map<TableSchema.Key, Set<Object>> keys = new HashMap<>();

    /**
     * Cells of no record yet.
     *
     * @param missingValues texts that mean that a value is missing
     */
    public Cells(TableSchema schema, Set<String> missingValues) {
        this.fields = schema.fields();
        this.missingValues = missingValues;
        missingValues.stream().map(FieldType::decimal).filter(v -> !v.isNaN()).forEach(missingNumbers::add);
        this.row = new Row(schema);
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).constraints().unique()) {
                unique.put(i, new HashSet<>());
            }
        }
        schema.keys().forEach(key -> keys.put(key, new HashSet<>()));
        String opaque = fields.stream()
                .filter(f -> f.type() == FieldType.OPAQUE)
                .map(Field::name)
                .collect(Collectors.joining(", "));
        if (!opaque.isEmpty()) {
            tally.note(opaque + ": of a type whose values are not checked and that no job can use");
        }
    }

    /** The record as it now stands: all of its cells were set. */
    public Row complete() {
        keys.forEach(this::check);
        return row;
    }

    /** What is counted so far, and where else to count. */
    public Findings.Tally tally() {
        return tally;
    }

    /** The table has no such column; that is counted once, not in each record. */
    public void absent(int column) {
        row.set(column, null, Double.NaN);
    }

    /** The record has no value here. */
    public void missing(int column) {
        Field field = fields.get(column);
        row.set(column, null, Double.NaN);
        tally.missing(field.name());
        if (field.constraints().required()) {
            tally.violation(field.name(), Rule.REQUIRED);
        }
    }

    /** The record has a value here of a kind that no column has. */
    public void wrongType(int column) {
        row.set(column, "", Double.NaN);
        tally.violation(fields.get(column).name(), Rule.TYPE);
    }

    /** The record has this text here, which may stand for a missing value. */
    public void set(int column, String text) {
        if (missingValues.contains(text)) {
            missing(column);
            return;
        }
        put(column, text, fields.get(column).number(text));
    }

    /** The record has this whole number here, which may stand for a missing value. */
    public void set(int column, long whole) {
        number(column, Long.toString(whole), whole, -FieldType.LAST_EXACT <= whole && whole <= FieldType.LAST_EXACT);
    }

    /** The record has this number here, which may stand for a missing value; one without a fraction is a whole number. */
    public void set(int column, double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) <= FieldType.LAST_EXACT;
        number(column, whole ? Long.toString((long) number) : Double.toString(number), number, whole);
    }

    private void number(int column, String text, double number, boolean whole) {
        if (missingNumbers.contains(number) || missingValues.contains(text)) {
            missing(column);
            return;
        }
        double value = switch (fields.get(column).type()) {
            case NUMBER -> Double.isFinite(number) ? number : Double.NaN;
            case INTEGER -> whole ? number : Double.NaN;
            case BOOLEAN, STRING, OPAQUE -> fields.get(column).number(text);
        };
        put(column, text, value);
    }

    /** The record has this truth value here. */
    public void set(int column, boolean truth) {
        Field field = fields.get(column);
        List<String> words = truth ? field.trueValues() : field.falseValues();
        boolean typed = field.type() == FieldType.BOOLEAN;
        String text = typed && !words.isEmpty() ? words.get(0) : Boolean.toString(truth);
        put(column, text, typed ? (truth ? 1 : 0) : field.number(text));
    }

    private void put(int column, String text, double number) {
        Field field = fields.get(column);
        row.set(column, text, number);
        field.check(text, number, tally);
        Set<String> seen = unique.get(column);
        if (seen != null && !seen.add(Double.isNaN(number) ? text : Double.toString(number))) {
            tally.violation(field.name(), Rule.UNIQUE);
        }
    }

    private void check(TableSchema.Key key, Set<Object> seen) {
        List<Object> values = new ArrayList<>();
        boolean whole = true;
        for (int column : key.columns()) {
            Field field = fields.get(column);
            boolean missing = row.missing(column);
            if (missing && key.primary() && !field.constraints().required()) {
                tally.violation(field.name(), Rule.REQUIRED);
            }
            whole &= !missing;
            values.add(row.value(column));
        }
        boolean counted =
                key.columns().size() == 1 && unique.containsKey(key.columns().get(0));
        if (whole && !counted && !seen.add(values)) {
            tally.violation(name(key), Rule.UNIQUE);
        }
    }

    /** The column, or the columns in brackets. */
    private String name(TableSchema.Key key) {
        String names = key.columns().stream().map(c -> fields.get(c).name()).collect(Collectors.joining(", "));
        return key.columns().size() == 1 ? names : "(" + names + ")";
    }
}
