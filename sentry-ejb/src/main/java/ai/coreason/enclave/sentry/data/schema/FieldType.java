package ai.coreason.enclave.sentry.data.schema;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A Table Schema type that is understood. Wire names are lower case. */
public enum FieldType {
    /** A finite decimal number; NaN and infinities are refused, because they would poison training. */
    NUMBER,
    /** A whole number from -2^53 to 2^53, so that a double holds it exactly. */
    INTEGER,
    /** Text. */
    STRING,
    /** A truth value; 1 or 0 as a number. */
    BOOLEAN,
    /** Another type of Table Schema: its values are not checked against it, and no encoding takes them. */
    OPAQUE;

    /** The types of Table Schema that are {@link #OPAQUE}. */
    static final Set<String> OPAQUE_TYPES = Set.of(
            "date",
            "time",
            "datetime",
            "year",
            "yearmonth",
            "duration",
            "geopoint",
            "geojson",
            "object",
            "array",
            "list",
            "any");

    private static final int LONGEST_NUMBER = 64;
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)(?:[eE][+-]?+\\d++)?+");
    private static final Pattern WHOLE = Pattern.compile("[+-]?+\\d{1,18}+");
    static final long LAST_EXACT = 1L << 53;

    /** The name in a schema. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number that a text states, or NaN where it states none. */
    public static double decimal(String text) {
        if (text.length() > LONGEST_NUMBER || !DECIMAL.matcher(text).matches()) {
            return Double.NaN;
        }
        double value = Double.parseDouble(text);
        return Double.isInfinite(value) ? Double.NaN : value;
    }

    /** The whole number that a text states, or NaN where it states none. */
    public static double whole(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return Double.NaN;
        }
        long value = Long.parseLong(text);
        return Math.abs(value) <= LAST_EXACT ? value : Double.NaN;
    }

    /** Whether its values are kept as they stand. */
    public boolean text() {
        return this == STRING || this == OPAQUE;
    }

    /** Whether its values are numbers. */
    public boolean numeric() {
        return this == NUMBER || this == INTEGER;
    }

    /** Why a text that states a number is no value of this type, in a sentence that shows nothing of it; empty for others. */
    Optional<String> hint(String text) {
        double number = this == INTEGER ? decimal(text) : Double.NaN;
        if (Double.isNaN(number) || number != Math.rint(number)) {
            return Optional.empty();
        }
        boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-' || c == '+');
        return Optional.of(
                digits
                        ? "whole numbers beyond 2^53 cannot be held exactly; declare the column string if they are names"
                        : "whole numbers written with a point or an exponent, such as 1.0, are no integers; write them in"
                                + " full, from their source where a spreadsheet has shortened them (a column that"
                                + " measures something can be a number, one that names somebody cannot)");
    }
}
