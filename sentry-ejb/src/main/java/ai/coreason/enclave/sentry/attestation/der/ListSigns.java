package ai.coreason.enclave.sentry.attestation.der;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Signs by which a file may hold a certificate revocation list that {@link ListEncoding} does not read: damaged, cut off,
 * packed, in a bundle, or somewhere inside of another file. They are meant to be too careful. Stateless.
 */
public final class ListSigns {
    /** Blocks of PEM that hold lists, or may. */
    private static final Pattern BLOCK = Pattern.compile("BEGIN[ A-Z0-9]*(CRL|PKCS ?7|CMS)", Pattern.CASE_INSENSITIVE);

    private static final String DESCRIPTION = "Certificate Revocation List (CRL):";

    private static final String LONG = "(?:\\x81.|\\x82..|\\x83...)";
    private static final String ANY = "(?:[\\x00-\\x80]|\\x84....|" + LONG + ")";
    private static final String VERSION = "\\x02\\x01\\x01\\x30";
    private static final String SIGNED_DATA = "\\x06\\x09\\x2a\\x86\\x48\\x86\\xf7\\x0d\\x01\\x07\\x02";

    /** How a list (RFC 5280, section 5.1; version 1 or 2), or a bundle of PKCS #7, begins. */
    private static final Pattern START = Pattern.compile(
            "\\x30" + ANY + "(?:\\x30" + ANY + "(?:\\x30|" + VERSION + ")|" + SIGNED_DATA + ")", Pattern.DOTALL);

    /** How a list of version 2 begins inside of something else. */
    private static final Pattern INSIDE = Pattern.compile("\\x30" + LONG + "\\x30" + LONG + VERSION, Pattern.DOTALL);

    /** How files begin that are packed: gzip, compress, zlib, bzip2, xz, Zstandard, LZ4, zip, 7z. */
    private static final Pattern PACKED = Pattern.compile(
            "\\x1f[\\x8b\\x9d\\xa0]|\\x78[\\x01\\x9c\\xda]|BZh|\\xfd7zXZ|\\x28\\xb5\\x2f\\xfd|\\x04\\x22\\x4d\\x18|PK\\x03\\x04|7z\\xbc\\xaf");

    /** Where one line of Base64 goes on in the next, in a text or a member of JSON. */
    private static final Pattern WRAP =
            Pattern.compile("(?<=[A-Za-z0-9+/]{40})(?:\\r|\\n|\\\\r|\\\\n)+(?=[A-Za-z0-9+/])");

    private static final Pattern BASE64 =
            Pattern.compile("(?:(?<![A-Za-z0-9+/])|(?<=\\\\[nr]))M[A-P][A-Za-z0-9+/]{22}");
    private static final Pattern HEX = Pattern.compile("(?<![0-9A-Fa-f])30(?:[:\\s]{0,2}[0-9A-Fa-f]{2}){13}");

    /** Base64 of anything, also with the letters of addresses. */
    private static final Pattern BASE64_RUN = Pattern.compile("[A-Za-z0-9+/_-]{40,}+");

    private static final Pattern PERCENT = Pattern.compile("%([0-9A-Fa-f]{2})");

    /** Bytes as numbers, of a program or in JSON. */
    private static final Pattern NUMBERS = Pattern.compile(
            "(?:0x[0-9A-Fa-f]{1,2}|\\d{1,3})(?:\\s{0,9}[,;]\\s{0,9}(?:0x[0-9A-Fa-f]{1,2}|\\d{1,3})){13,}+");

    private static final Pattern NUMBER = Pattern.compile("0x([0-9A-Fa-f]{1,2})|(\\d{1,3})");

    /** So often something is unwrapped that may be wrapped in an encoding of text. */
    private static final int WRAPPED = 2;

    private ListSigns() {}

    /** Whether a text has a block of PEM that holds lists, or may. */
    public static boolean hasBlock(String text) {
        return BLOCK.matcher(text).find();
    }

    /** Whether a file is called as a list may be. */
    public static boolean isNamed(String name) {
        return name.toLowerCase(Locale.ROOT).contains("crl");
    }

    /** Whether a file, or the beginning of one, is a list or may hold one. */
    public static boolean mayHold(byte[] file) {
        return PACKED.matcher(latin(file)).lookingAt() || shows(file, WRAPPED);
    }

    private static boolean shows(byte[] file, int wrapped) {
        String bytes = latin(file);
        String text = ListEncoding.text(file);
        return bytes.startsWith("ustar", 257)
                || START.matcher(bytes).lookingAt()
                || INSIDE.matcher(bytes).find()
                || hasBlock(text)
                || text.contains(DESCRIPTION)
                || !ListEncoding.ders(file).isEmpty()
                || writes(
                        BASE64.matcher(WRAP.matcher(text).replaceAll("")),
                        t -> latin(Base64.getDecoder().decode(t)))
                || writes(HEX.matcher(text), t -> latin(HexFormat.of().parseHex(t.replaceAll("[:\\s]", ""))))
                || writes(NUMBERS.matcher(text), ListSigns::numbers)
                || wrapped > 0 && unwrapped(text).anyMatch(inner -> shows(inner, wrapped - 1));
    }

    /** What a text stands for where it is one of an address, or holds Base64. */
    private static Stream<byte[]> unwrapped(String text) {
        Stream<byte[]> plain = PERCENT.matcher(text).find()
                ? Stream.of(PERCENT.matcher(text)
                        .replaceAll(
                                r -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(r.group(1), 16))))
                        .getBytes(StandardCharsets.ISO_8859_1))
                : Stream.empty();
        Stream<byte[]> decoded = BASE64_RUN
                .matcher(WRAP.matcher(text).replaceAll(""))
                .results()
                .map(r -> r.group().replace('-', '+').replace('_', '/'))
                .map(run -> Base64.getDecoder().decode(run.substring(0, run.length() / 4 * 4)));
        return Stream.concat(plain, decoded);
    }

    private static String numbers(String list) {
        return NUMBER.matcher(list)
                .results()
                .map(r -> r.group(1) == null ? Integer.parseInt(r.group(2)) : Integer.parseInt(r.group(1), 16))
                .map(n -> String.valueOf((char) n.intValue()))
                .collect(Collectors.joining());
    }

    private static boolean writes(Matcher text, UnaryOperator<String> bytes) {
        return text.results()
                .anyMatch(r -> START.matcher(bytes.apply(r.group())).lookingAt());
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
