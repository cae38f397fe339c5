package ai.coreason.enclave.web.jobs;

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
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,12})-(\\d{0,12})");

    /** What a Range header asks for; the whole file where it is empty or of a form that is not understood. */
    static ByteRange of(String header, long size) {
        Matcher m = RANGE.matcher(header);
        if (!m.matches()) {
            return new ByteRange(0, size - 1, size, false);
        }
        long last = m.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(m.group(2)), size - 1);
        return new ByteRange(Long.parseLong(m.group(1)), last, size, true);
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
}
