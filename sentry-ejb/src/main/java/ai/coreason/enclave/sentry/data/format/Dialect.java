package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;

/**
 * How a CSV file is written (Frictionless CSV Dialect). A member that would change the reading and is not understood is
 * refused. Line ends are recognised whatever they are.
 *
 * @param header whether the first record names the columns; otherwise they are those of the schema, in its order
 * @param format separator, quote, escape and comment characters; a quote that is stated as null turns quoting off
 * @param nullSequence a text that means a missing value, besides those of the schema
 */
public record Dialect(boolean header, CSVFormat format, Optional<String> nullSequence) {
    private static final List<String> LINE_ENDS = List.of("\r\n", "\n", "\r");

    /** RFC 4180 with a header. */
    public static final Dialect DEFAULT = new Dialect(true, format(',', '"', null, null, false), Optional.empty());

    public static Dialect read(JsonFields f) {
        if (!f.flag("doubleQuote", true)) {
            throw InvalidDocument.at(f.at("doubleQuote"), "true", "false");
        }
        for (String passedOver : List.of("csvddfVersion", "$schema", "name", "title", "description")) {
            f.has(passedOver);
        }
        if (f.has("lineTerminator")) {
            f.block("lineTerminator", "a line end", LINE_ENDS::contains);
        }
        f.flag("caseSensitiveHeader", true); // names have to be as declared either way, or they are found absent
        boolean header = f.flag("header", true);
        char delimiter = character(f, "delimiter").orElse(',');
        Character quote =
                f.isNull("quoteChar") ? null : character(f, "quoteChar").orElse('"');
        Character escape = character(f, "escapeChar").orElse(null);
        Character comment = character(f, "commentChar").orElse(null);
        boolean skipSpace = f.flag("skipInitialSpace", false);
        Optional<String> nullSequence = f.optionalText("nullSequence");
        f.end();
        try {
            return new Dialect(header, format(delimiter, quote, escape, comment, skipSpace), nullSequence);
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(f.at("delimiter"), "delimiter, quote, escape and comment to differ", delimiter);
        }
    }

    private static Optional<Character> character(JsonFields f, String name) {
        if (!f.has(name)) {
            return Optional.empty();
        }
        String expected =
                "one character that is no line end" + (name.equals("quoteChar") ? ", or null for no quotes" : "");
        String text = f.block(name, expected, s -> s.length() == 1 && "\r\n".indexOf(s) < 0);
        return Optional.of(text.charAt(0));
    }

    private static CSVFormat format(
            char delimiter, Character quote, Character escape, Character comment, boolean skipInitialSpace) {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setQuote(quote)
                .setEscape(escape)
                .setCommentMarker(comment)
                .setIgnoreSurroundingSpaces(skipInitialSpace)
                .setIgnoreEmptyLines(false)
                .get();
    }
}
