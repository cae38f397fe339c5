package ai.coreason.enclave.web.jobs;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes of a file that a request asks for (RFC 9110, section 14). Pure.
 *
 * @param from the first byte, counted from 0
 * @param to the last byte; before {@code from} where there is none
 * @param size of the file
 * @param part whether a range was asked for
 */
record ByteRange(long from, long to, long size, boolean part) {
    private static final String UNIT = "bytes=";
    private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d*)|-(\\d+)");
    private static final int MOST_DIGITS = 18;

    /** The whole file. */
    static ByteRange whole(long size) {
        return new ByteRange(0, size - 1, size, false);
    }

    /** What a Range header asks for; the whole file where it asks for several ranges or is of a form that is not understood. */
    static ByteRange of(String header, long size) {
        List<String> ranges = header.regionMatches(true, 0, UNIT, 0, UNIT.length())
                ? Arrays.stream(header.substring(UNIT.length()).split(","))
                        .map(String::strip)
                        .filter(r -> !r.isEmpty())
                        .toList()
                : List.of();
        Matcher m = RANGE.matcher(ranges.size() == 1 ? ranges.get(0) : "");
        if (!m.matches()) {
            return whole(size);
        }
        if (m.group(3) != null) {
            return new ByteRange(size - Math.min(number(m.group(3)), size), size - 1, size, true);
        }
        long last = m.group(2).isEmpty() ? size - 1 : Math.min(number(m.group(2)), size - 1);
        return new ByteRange(number(m.group(1)), last, size, true);
    }

    /** Whether the file has none of the bytes. */
    boolean outside() {
        return part && from > to;
    }

    /** How many bytes. */
    long count() {
        return to - from + 1;
    }

    /** The header {@code Content-Range}. */
    String contentRange() {
        return "bytes " + (outside() ? "*" : from + "-" + to) + "/" + size;
    }

    /** A number of any length; one that is larger than every file's size is as good as another. */
    private static long number(String digits) {
        return digits.length() > MOST_DIGITS
                        && !digits.substring(0, digits.length() - MOST_DIGITS).matches("0+")
                ? Long.MAX_VALUE
                : Long.parseLong(digits.substring(Math.max(0, digits.length() - MOST_DIGITS)));
    }
}
