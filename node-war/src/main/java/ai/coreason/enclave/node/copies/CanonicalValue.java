package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What one value says, as bytes that are the same however it is written and whatever type its column is declared as: a byte
 * for the kind, then the content. Truth values are 1 and 0; a text that states a number, with a decimal point or comma, is
 * that number, and one that states a day is that day ({@link CanonicalTime}); other texts are compared without regard to
 * case, to spaces and to how Unicode composes characters.
 *
 * <p>Whole numbers are kept as doubles, others as the nearest float32, which is what training sees of them and what
 * an export often keeps.
 */
final class CanonicalValue {
    /** No value: a text of spaces alone says nothing either. */
    static final byte[] NONE = new byte[0];

    private static final byte NUMBER = 1;
    private static final byte TEXT = 3;
    private static final byte ELEMENTS = 4;
    private static final int LONGEST_NUMBER = 64;
    private static final int CHUNK = 16 << 10;
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?+(?:\\d++(?:[.,]\\d*+)?+|[.,]\\d++)(?:e[+-]?+\\d++)?+");

    private CanonicalValue() {}

    /** A cell's value; {@link #NONE} where it is missing. */
    static byte[] of(Row row, int column) {
        double number = row.number(column);
        return Double.isNaN(number) ? of(row.text(column)) : of(number);
    }

    /** A finite number: a byte and 8, big-endian. */
    static byte[] of(double number) {
        double kept = number == Math.rint(number) ? number : (float) number;
        return ByteBuffer.allocate(1 + Double.BYTES)
                .put(NUMBER)
                .putDouble(kept == 0 ? 0.0 : kept)
                .array();
    }

    /** A text: a byte and its UTF-8, unless it states something else. */
    static byte[] of(String text) {
        String plain = plain(text);
        if (plain.isEmpty()) {
            return NONE;
        }
        char first = plain.charAt(0);
        if (first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.' || first == ',') {
            if (plain.length() <= LONGEST_NUMBER && DECIMAL.matcher(plain).matches()) {
                double number = Double.parseDouble(plain.replace(',', '.'));
                if (!Double.isInfinite(number)) {
                    return of(number);
                }
            }
            byte[] time = CanonicalTime.of(plain);
            if (time.length > 0) {
                return time;
            }
        }
        if (plain.equals("true") || plain.equals("false")) {
            return of(plain.equals("true") ? 1 : 0);
        }
        byte[] utf8 = plain.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + utf8.length).put(TEXT).put(utf8).array();
    }

    /** Neighbouring elements of a tensor as one value: a byte and the SHA-256 of them in their order, as big-endian float32. */
    static byte[] of(Tensor tensor, int from, int count) {
        MessageDigest digest = Digests.sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (int i = 0; i < count; i++) {
            float element = (float) tensor.at(from + i);
            chunk.putFloat(element == 0 ? 0f : element);
            if (!chunk.hasRemaining() || i == count - 1) {
                digest.update(chunk.flip());
                chunk.clear();
            }
        }
        byte[] all = digest.digest();
        return ByteBuffer.allocate(1 + all.length).put(ELEMENTS).put(all).array();
    }

    /** The text in lower case, of compatible characters (NFKC), with one space for each run of them and none at the ends. */
    private static String plain(String text) {
        boolean ascii = true;
        boolean plain = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            ascii &= c < 0x80;
            plain &= c > ' ' && c < 0x7F && !(c >= 'A' && c <= 'Z');
        }
        if (plain) {
            return text;
        }
        String folded = (ascii ? text : Normalizer.normalize(text, Normalizer.Form.NFKC)).toLowerCase(Locale.ROOT);
        StringBuilder out = new StringBuilder(folded.length());
        boolean space = false;
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                space = true;
            } else {
                out.append(space && out.length() > 0 ? " " : "").append(c);
                space = false;
            }
        }
        return out.toString();
    }
}
