package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Pem;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a ledger reads of the certificates that answer for it: fingerprint, PEM form, and whom they name. */
public final class LedgerCertificates {
    /** The alternative name of a node's certificate, before the node's id. */
    public static final String NODE_URN = "urn:coreason:enclave:node:";

    /** The alternative name of the certificate that countersigns heads and signs exports. */
    public static final String LEDGER_URN = "urn:coreason:enclave:ledger";

    private LedgerCertificates() {}

    /** Lower-case hex SHA-256 over the DER certificate. */
    public static String fingerprint(X509Certificate certificate) {
        return Digests.sha256Hex(der(certificate));
    }

    /** The DER bytes. */
    static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** One certificate as PEM (RFC 7468). */
    public static String pem(X509Certificate certificate) {
        return Pem.write(Pem.CERTIFICATE, der(certificate));
    }

    /**
     * The certificates of a PEM text, in order.
     *
     * @throws IllegalArgumentException if it holds none, or something else
     */
    public static List<X509Certificate> parse(String pem) {
        return parse(pem.getBytes(StandardCharsets.US_ASCII));
    }

    static List<X509Certificate> parse(byte[] pemOrDer) {
        try {
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(pemOrDer))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("expected X.509 certificates in PEM, got other text", e);
        }
        throw new IllegalArgumentException("expected X.509 certificates in PEM, got none");
    }

    /** The node that a certificate names as its only alternative name. */
    public static Optional<String> nodeId(X509Certificate certificate) {
        return name(certificate).filter(n -> n.startsWith(NODE_URN)).map(n -> n.substring(NODE_URN.length()));
    }

    /** Whether a certificate is for countersigning heads and signing exports. */
    public static boolean isLedger(X509Certificate certificate) {
        return name(certificate).filter(LEDGER_URN::equals).isPresent();
    }

    private static Optional<String> name(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null || names.size() != 1
                    ? Optional.empty()
                    : Optional.of(String.valueOf(names.iterator().next().get(1)));
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
    }
}
