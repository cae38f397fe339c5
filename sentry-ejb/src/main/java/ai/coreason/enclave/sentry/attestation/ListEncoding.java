package ai.coreason.enclave.sentry.attestation;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The forms in which certificate revocation lists come: DER; PEM (RFC 7468, section 6), as Intel's service gives them; or
 * hexadecimal text, as a caching service gives that of Intel's root. Stateless.
 */
public final class ListEncoding {
    private static final int SEQUENCE = 0x30;
    private static final String BEGIN = "-----BEGIN X509 CRL-----";
    private static final String END = "-----END X509 CRL-----";
    private static final int MAX_LISTS = 32;

    private ListEncoding() {}

    /** The one list of a file in DER; what is none of the forms, or more than one list, is given back as it is. */
    public static byte[] der(byte[] file) {
        List<byte[]> lists = ders(file);
        return lists.size() == 1 ? lists.get(0) : file.clone();
    }

    /** The lists of a file in DER, as far as its form tells; none if it is of none of the forms. */
    public static List<byte[]> ders(byte[] file) {
        if (file.length > 0 && file[0] == SEQUENCE && !isText(file)) {
            return List.of(file.clone());
        }
        String text = new String(file, StandardCharsets.ISO_8859_1);
        return text.contains(BEGIN) ? pem(text) : hex(text).map(List::of).orElse(List.of());
    }

    /** Whether a file holds revocation lists and nothing else that could be told. */
    public static boolean isList(byte[] file) {
        List<byte[]> lists = ders(file);
        return !lists.isEmpty() && lists.stream().allMatch(ListEncoding::parses);
    }

    /** Whether a file that is cut off might go on as a list. */
    static boolean mayBegin(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        return file[0] == SEQUENCE || text.startsWith("30") || text.contains(BEGIN);
    }

    private static boolean parses(byte[] der) {
        try {
            StrictDer.checkSigned("list", der);
            return CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der)) != null;
        } catch (MalformedEvidence | GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isText(byte[] file) {
        for (byte b : file) {
            if (b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Nothing but blocks and white space; a block that is damaged makes it no PEM. */
    private static List<byte[]> pem(String text) {
        List<byte[]> lists = new ArrayList<>();
        int at = 0;
        try {
            while (!text.substring(at).isBlank()) {
                int begin = text.indexOf(BEGIN, at);
                int end = begin < 0 ? -1 : text.indexOf(END, begin + BEGIN.length());
                if (end < 0 || !text.substring(at, begin).isBlank() || lists.size() == MAX_LISTS) {
                    return List.of();
                }
                String body = text.substring(begin + BEGIN.length(), end).replaceAll("[\\r\\n\\t ]", "");
                lists.add(Base64.getDecoder().decode(body));
                at = end + END.length();
            }
            return lists;
        } catch (IllegalArgumentException damaged) {
            return List.of();
        }
    }

    private static Optional<byte[]> hex(String text) {
        String digits = text.strip();
        if (!digits.startsWith("30") || digits.length() % 2 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(HexFormat.of().parseHex(digits));
        } catch (IllegalArgumentException otherText) {
            return Optional.empty();
        }
    }
}
