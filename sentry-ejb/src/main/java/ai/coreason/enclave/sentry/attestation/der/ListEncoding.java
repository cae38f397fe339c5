package ai.coreason.enclave.sentry.attestation.der;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The forms in which certificate revocation lists come: DER; PEM (RFC 7468, section 6), with any text or other blocks around
 * it, as {@code openssl crl -text} writes it; or nothing but hexadecimal digits, as a caching service gives that of Intel's
 * root, or Base64. Text may be wrapped, and be in ASCII, UTF-8 or UTF-16, with a byte order mark or without. Stateless.
 */
public final class ListEncoding {
    /** The forms, as refusals name them. */
    public static final String FORMS = "in DER, PEM, hexadecimal text or Base64";

    private static final byte SEQUENCE = 0x30;
    private static final int MAX_LISTS = 32;

    private ListEncoding() {}

    /** The one list of a file in DER; what is none of the forms, or more than one list, is given back as it is. */
    public static byte[] der(byte[] file) {
        return one(file).orElseGet(file::clone);
    }

    /** The list of a file in DER, if it holds just one. */
    public static Optional<byte[]> one(byte[] file) {
        List<byte[]> lists = ders(file);
        return lists.size() == 1 ? Optional.of(lists.get(0)) : Optional.empty();
    }

    /** All lists of a file in DER; none if it is of none of the forms, or one of its lists cannot be read. */
    public static List<byte[]> ders(byte[] file) {
        if (file.length > 0 && file[0] == SEQUENCE && isList(file)) {
            return List.of(file.clone());
        }
        String text = text(file);
        List<byte[]> lists;
        try {
            lists = ListSigns.hasBlock(text) ? pem(text) : List.of(bare(text));
        } catch (IllegalArgumentException damaged) {
            return List.of();
        }
        return lists.stream().allMatch(ListEncoding::isList) ? lists : List.of();
    }

    /** A file as text, whatever its bytes: byte order marks and the zeros between the letters of UTF-16 left out. */
    public static String text(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1).replace("\0", "");
        for (String mark : List.of("\u00ef\u00bb\u00bf", "\u00ff\u00fe", "\u00fe\u00ff")) {
            if (text.startsWith(mark)) {
                return text.substring(mark.length());
            }
        }
        return text;
    }

    private static boolean isList(byte[] der) {
        try {
            StrictDer.checkSigned("list", der);
            X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
            return list != null && Arrays.equals(list.getEncoded(), der);
        } catch (MalformedEvidence | GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** The lists of a text with blocks of PEM. One that is damaged, or of a kind that may hold lists as well, makes it none. */
    private static List<byte[]> pem(String text) {
        List<byte[]> lists = new ArrayList<>();
        int at = 0;
        for (Pem.Block block : Pem.blocks(Pem.REVOCATION_LIST, text)) {
            if (lists.size() == MAX_LISTS || ListSigns.hasBlock(text.substring(at, block.begin()))) {
                return List.of();
            }
            lists.add(block.der());
            at = block.end();
        }
        return ListSigns.hasBlock(text.substring(at)) ? List.of() : lists;
    }

    private static byte[] bare(String text) {
        String start = text.stripLeading();
        if (!start.startsWith("30") && !start.startsWith("M")) {
            return new byte[0];
        }
        String digits = text.replaceAll("[\\s:]", "");
        return digits.startsWith("30")
                ? HexFormat.of().parseHex(digits)
                : Base64.getDecoder().decode(digits);
    }
}
