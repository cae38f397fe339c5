package ai.coreason.enclave.node.copies;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A day, or a moment of a day, as bytes that are the same however it is written: {@code 2024-03-31}, {@code 31.03.2024},
 * {@code 3/31/2024}, {@code 2024-03-31T00:00:00Z}. A moment without an offset counts as one of UTC, and midnight as the day.
 * Which of two numbers up to 12 is the day and which the month is not told by a text, so they count without their order.
 */
final class CanonicalTime {
    private static final byte KIND = 2;
    private static final Pattern YEAR_FIRST = Pattern.compile("(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:[ t](.+))?");
    private static final Pattern YEAR_LAST = Pattern.compile("(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})(?:[ t](.+))?");
    private static final Pattern CLOCK =
            Pattern.compile("(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)? ?(z|[+-]\\d{2}(?::?\\d{2})?)?");
    private static final int SHORTEST = "1/1/2024".length();
    private static final int LONGEST = 48;

    private CanonicalTime() {}

    /**
     * The day and time that a text states, in lower case.
     *
     * @return 15 bytes: kind, year (4), the lesser and the greater of month and day, second of the day (4), nanosecond (4);
     *     none where it states no day
     */
    static byte[] of(String text) {
        if (text.length() < SHORTEST || text.length() > LONGEST) {
            return CanonicalValue.NONE;
        }
        try {
            Matcher first = YEAR_FIRST.matcher(text);
            if (first.matches()) {
                return of(number(first, 1), number(first, 3), number(first, 4), first.group(5));
            }
            Matcher last = YEAR_LAST.matcher(text);
            if (last.matches()) {
                boolean dayFirst = number(last, 3) <= 12;
                return of(
                        number(last, 4), number(last, dayFirst ? 3 : 1), number(last, dayFirst ? 1 : 3), last.group(5));
            }
        } catch (DateTimeException noSuchDay) {
            return CanonicalValue.NONE;
        }
        return CanonicalValue.NONE;
    }

    private static byte[] of(int year, int month, int day, String clock) {
        LocalDateTime time = LocalDateTime.of(year, month, day, 0, 0);
        if (clock != null) {
            Matcher parts = CLOCK.matcher(clock);
            if (!parts.matches()) {
                return CanonicalValue.NONE;
            }
            String fraction = parts.group(4) == null ? "" : parts.group(4);
            time = time.withHour(number(parts, 1))
                    .withMinute(number(parts, 2))
                    .withSecond(parts.group(3) == null ? 0 : number(parts, 3))
                    .withNano(Integer.parseInt(fraction + "0".repeat(9 - fraction.length())))
                    .minusSeconds(offset(parts.group(5)));
        }
        int least = Math.min(time.getMonthValue(), time.getDayOfMonth());
        int most = Math.max(time.getMonthValue(), time.getDayOfMonth());
        return ByteBuffer.allocate(15)
                .put(KIND)
                .putInt(time.getYear())
                .put((byte) least)
                .put((byte) most)
                .putInt(time.toLocalTime().toSecondOfDay())
                .putInt(time.getNano())
                .array();
    }

    private static int offset(String text) {
        return text == null
                ? 0
                : ZoneOffset.of(text.toUpperCase(java.util.Locale.ROOT)).getTotalSeconds();
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
