package ai.coreason.enclave.sentry.data.schema;

/**
 * One record while a table is read, by the schema's column numbers from 0. It is filled anew for every record, so
 * whoever needs a value takes it out at once. {@link #toString()} shows none.
 */
public final class Row {
    private final TableSchema schema;
    private final String[] texts;
    private final double[] numbers;

    Row(TableSchema schema) {
        this.schema = schema;
        this.texts = new String[schema.fields().size()];
        this.numbers = new double[texts.length];
    }

    void set(int column, String text, double number) {
        texts[column] = text;
        numbers[column] = number;
    }

    /** Whether the column's value is missing. */
    public boolean missing(int column) {
        return texts[column] == null;
    }

    /** The column's text as it stands in the file; empty where it is missing. */
    public String text(int column) {
        return missing(column) ? "" : texts[column];
    }

    /** The number that the column states; NaN where it is missing, is text or is not of its type. */
    public double number(int column) {
        return numbers[column];
    }

    /** Where the column's value stands in its schema's enum, from 0; -1 where it does not. */
    public int enumIndex(int column) {
        return missing(column)
                ? -1
                : schema.fields().get(column).constraints().enumIndex(texts[column], numbers[column]);
    }

    /** The column's value: the number that it states, else its text; empty text where it is missing. */
    public Object value(int column) {
        if (missing(column)) {
            return "";
        }
        double number = numbers[column];
        return Double.isNaN(number) ? texts[column] : (Object) (number == 0 ? 0.0 : number);
    }

    public boolean is(int column, String text) {
        return text.equals(texts[column]);
    }

    @Override
    public String toString() {
        return "Row[" + texts.length + " columns]";
    }
}
