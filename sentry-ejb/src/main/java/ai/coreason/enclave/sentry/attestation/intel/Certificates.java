package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.StrictDer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** Certificates as Intel hands them out: PEM, the leaf first. Thread-safe. */
final class Certificates {
    /** More certificates than any chain of Intel's has are not looked at. */
    static final int MOST = 3;

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";
    private static final String SPACE = " \t\n\u000b\f\r";
    private static final Pattern REST = Pattern.compile("\\x00*+\\s*+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 .-]{1,64}");

    private Certificates() {}

    /**
     * Reads PEM blocks, white space between and behind them, and zeros at the end.
     *
     * @param part what is read, for refusals
     * @return one to three certificates
     */
    static List<X509Certificate> parse(String part, byte[] pem) throws MalformedEvidence {
        if (pem.length > ByteReader.MAX_EVIDENCE) {
            throw refusal(part, "at most " + ByteReader.MAX_EVIDENCE + " bytes", pem.length + " bytes");
        }
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        int count = 0;
        for (int at = text.indexOf(BEGIN); at >= 0 && count <= MOST; at = text.indexOf(BEGIN, at + 1)) {
            count++;
        }
        if (count == 0 || count > MOST) {
            throw refusal(part, "1 to " + MOST + " certificates in PEM", count > MOST ? "more" : "none");
        }
        List<X509Certificate> out = new ArrayList<>();
        int at = afterSpace(text, 0);
        while (text.startsWith(BEGIN, at)) {
            int end = text.indexOf(END, at + BEGIN.length());
            if (end < 0) {
                break;
            }
            String body = text.substring(at + BEGIN.length(), end);
            out.add(certificate(part, body.replace("\r", "").replace("\n", "")));
            at = afterSpace(text, end + END.length());
        }
        if (out.size() != count || !REST.matcher(text.substring(at)).matches()) {
            throw refusal(part, "certificates in PEM and white space only", "other bytes at offset " + at);
        }
        return out;
    }

    private static int afterSpace(String text, int from) {
        int at = from;
        while (at < text.length() && SPACE.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    private static X509Certificate certificate(String part, String base64) throws MalformedEvidence {
        try {
            byte[] der = Base64.getDecoder().decode(base64);
            StrictDer.checkCertificate(part, der);
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (Arrays.equals(certificate.getEncoded(), der)
                    && Base64.getEncoder().encodeToString(der).equals(base64)) {
                return certificate;
            }
        } catch (MalformedEvidence | CertificateException | RuntimeException e) {
            throw refusal(part, "an X.509 certificate", "another encoding");
        }
        throw refusal(part, "an X.509 certificate in canonical base64", "another encoding");
    }

    private static MalformedEvidence refusal(String part, String expected, String came) {
        return new MalformedEvidence(new Reason(part, expected, came));
    }

    /** The common name; empty if there is none, or it is not 1 to 64 letters, digits and blanks. */
    static String commonName(X500Principal name) {
        try {
            for (Rdn rdn : new LdapName(name.getName(X500Principal.RFC2253)).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")
                        && rdn.getValue() instanceof String text
                        && NAME.matcher(text).matches()) {
                    return text;
                }
            }
        } catch (InvalidNameException e) {
            return "";
        }
        return "";
    }
}
