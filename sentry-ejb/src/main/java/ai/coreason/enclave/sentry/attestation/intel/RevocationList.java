package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.ProvenSignatures;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.der.ListEncoding;
import ai.coreason.enclave.sentry.attestation.der.StrictDer;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;

/**
 * A list of certificates that one authority has revoked.
 *
 * @param name what it is called in findings
 * @param crl the list
 */
record RevocationList(String name, X509CRL crl) {
    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final ProvenSignatures PROVEN = new ProvenSignatures("revocation list of Intel");

    /** Reads DER, PEM or hexadecimal text. */
    static RevocationList parse(String name, byte[] file) throws MalformedEvidence {
        if (file.length > ByteReader.MAX_EVIDENCE) {
            throw new MalformedEvidence(
                    new Reason(name, "at most " + ByteReader.MAX_EVIDENCE + " bytes", file.length + " bytes"));
        }
        byte[] der = ListEncoding.der(file);
        try {
            StrictDer.checkSigned(name, der);
            X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
            if (crl != null && Arrays.equals(crl.getEncoded(), der)) {
                return new RevocationList(name, crl);
            }
        } catch (MalformedEvidence | CRLException | java.security.cert.CertificateException | RuntimeException e) {
            throw new MalformedEvidence(
                    new Reason(name, "a revocation list in DER, PEM or hexadecimal text", "something else"));
        }
        throw new MalformedEvidence(new Reason(name, "a revocation list and nothing else", "more"));
    }

    /** Judges who signed the list, and whether it is of the time of judgement. */
    boolean verify(X509Certificate authority, Instant at, Findings findings) {
        int before = findings.count();
        findings.check(
                crl.getIssuerX500Principal().equals(authority.getSubjectX500Principal()),
                name + ".issuer",
                Certificates.commonName(authority.getSubjectX500Principal()),
                Certificates.commonName(crl.getIssuerX500Principal()));
        if (findings.count() == before) {
            findings.check(signedBy(authority), name + ".signature", "by its issuer", "another");
        }
        Instant from = crl.getThisUpdate().toInstant();
        Instant until =
                crl.getNextUpdate() == null ? Instant.MIN : crl.getNextUpdate().toInstant();
        findings.check(
                !at.isBefore(from) && !at.isAfter(until), name + ".validity", from + " to " + until, at.toString());
        return findings.count() == before;
    }

    /** Notes a certificate of this list's authority that is on it. */
    void judge(String certificateName, X509Certificate certificate, Findings findings) {
        if (certificate.getIssuerX500Principal().equals(crl.getIssuerX500Principal())) {
            findings.check(
                    crl.getRevokedCertificate(certificate.getSerialNumber()) == null,
                    certificateName + ".revocation",
                    "a certificate that is not revoked",
                    "serial " + certificate.getSerialNumber().toString(16));
        }
    }

    private boolean signedBy(X509Certificate authority) {
        if (!crl.getSigAlgOID().equals(ECDSA_SHA256) || crl.hasUnsupportedCriticalExtension()) {
            return false;
        }
        try {
            PublicKey key = authority.getPublicKey();
            return PROVEN.holds(() -> verify(key), key, crl.getEncoded());
        } catch (CRLException e) {
            return false;
        }
    }

    private boolean verify(PublicKey key) {
        try {
            crl.verify(key);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
