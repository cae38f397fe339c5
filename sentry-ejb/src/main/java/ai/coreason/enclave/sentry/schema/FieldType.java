package ai.coreason.enclave.sentry.schema;

import java.util.Locale;
import java.util.regex.Pattern;

/** A Table Schema type that is understood. Wire names are lower case. */
public enum FieldType {
    /** A finite decimal number; NaN and infinities are refused, because they would poison training. */
    NUMBER,
    /** A whole number of at most 15 digits, so that a double holds it exactly. */
    INTEGER,
    /** Text. */
    STRING,
    /** A truth value; 1 or 0 as a number. */
    BOOLEAN;

    private static final int LONGEST_NUMBER = 64;
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)(?:[eE][+-]?+\\d++)?+");
    private static final Pattern WHOLE = Pattern.compile("[+-]?+\\d{1,15}+");

    /** The name in a schema. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number that a text states, or NaN where it states none. */
    static double decimal(String text) {
        if (text.length() > LONGEST_NUMBER || !DECIMAL.matcher(text).matches()) {
            return Double.NaN;
        }
        double value = Double.parseDouble(text);
        return Double.isInfinite(value) ? Double.NaN : value;
    }

    /** The whole number that a text states, or NaN where it states none. */
    static double whole(String text) {
        return WHOLE.matcher(text).matches() ? Long.parseLong(text) : Double.NaN;
    }
}
