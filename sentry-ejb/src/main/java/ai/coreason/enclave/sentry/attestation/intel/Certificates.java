package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.der.StrictDer;
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

    private static final Pattern SPACE = Pattern.compile("\\s*+");
    private static final Pattern REST = Pattern.compile("\\s*+\\x00*+\\s*+");
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
        List<Pem.Block> blocks = blocks(part, text);
        if (blocks.isEmpty() || blocks.size() > MOST) {
            throw refusal(part, "1 to " + MOST + " certificates in PEM", blocks.isEmpty() ? "none" : "more");
        }
        List<X509Certificate> out = new ArrayList<>();
        int at = 0;
        for (Pem.Block block : blocks) {
            requireNothing(part, SPACE, text, at, block.begin());
            out.add(certificate(part, block.body().replace("\r", "").replace("\n", "")));
            at = block.end();
        }
        requireNothing(part, REST, text, at, text.length());
        return out;
    }

    private static List<Pem.Block> blocks(String part, String text) throws MalformedEvidence {
        try {
            return Pem.blocks(Pem.CERTIFICATE, text);
        } catch (IllegalArgumentException e) {
            throw refusal(part, "whole certificates in PEM", "one without an end");
        }
    }

    private static void requireNothing(String part, Pattern nothing, String text, int from, int to)
            throws MalformedEvidence {
        if (!nothing.matcher(text.substring(from, to)).matches()) {
            throw refusal(part, "certificates in PEM and white space only", "other bytes behind offset " + from);
        }
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
