package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.ProvenSignatures;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A chain of Intel's from a leaf to the pinned root, of one of the two lengths that Intel has: leaf, PCK CA and root for
 * platforms, leaf and root for the signer of collateral. Every certificate is on P-256, signed with SHA-256 and valid at the
 * time of judgement, and has the name and the extensions of its place (Intel SGX PCK Certificate and CRL Profile
 * Specification). Immutable and thread-safe.
 *
 * @param certificates from leaf to root
 */
record CertificatePath(List<X509Certificate> certificates) {
    /** What a chain is for. */
    enum Use {
        /** It vouches for a platform. */
        PCK(List.of(
                List.of("Intel SGX PCK Certificate"),
                List.of("Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"),
                ROOT)),
        /** It vouches for collateral. */
        SIGNING(List.of(List.of("Intel SGX TCB Signing"), ROOT));

        private final List<List<String>> names;

        Use(List<List<String>> names) {
            this.names = names;
        }
    }

    private static final List<String> ROOT = List.of("Intel SGX Root CA");
    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final ProvenSignatures PROVEN = new ProvenSignatures("certificate of Intel");
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int CERTIFICATE_SIGN = 5;
    private static final int CRL_SIGN = 6;

    CertificatePath {
        certificates = List.copyOf(certificates);
    }

    X509Certificate leaf() {
        return certificates.get(0);
    }

    X509Certificate root() {
        return certificates.get(certificates.size() - 1);
    }

    /** Who issued the leaf. */
    X509Certificate issuer() {
        return certificates.get(1);
    }

    /**
     * Judges a chain.
     *
     * @param name what the chain is called in findings
     * @param given from leaf to root, or to the one below it
     * @return the chain with its root, if nothing is wrong with it
     */
    static Optional<CertificatePath> verify(
            String name, List<X509Certificate> given, Use use, Anchors anchors, Instant at, Findings findings) {
        int length = use.names.size();
        List<X509Certificate> path = new ArrayList<>(given);
        Optional<X509Certificate> pinned = pinned(path.get(path.size() - 1), path.size() == length, anchors);
        if (path.size() == length - 1 && pinned.isPresent()) {
            path.add(pinned.get());
        }
        int before = findings.count();
        if (!findings.check(path.size() == length, name, length + " certificates", Integer.toString(path.size()))
                || !findings.check(
                        pinned.isPresent(),
                        name + ".root",
                        "a pinned root",
                        Certificates.commonName(path.get(length - 1).getSubjectX500Principal()))) {
            return Optional.empty();
        }
        for (int i = 0; i < length; i++) {
            profile(name + "[" + i + "]", path.get(i), use.names.get(i), i, findings);
        }
        if (findings.count() > before) {
            return Optional.empty();
        }
        for (int i = 0; i < length; i++) {
            X509Certificate issuer = path.get(Math.min(i + 1, length - 1));
            findings.check(
                    signedBy(path.get(i), issuer),
                    name + "[" + i + "].signature",
                    "by " + Certificates.commonName(issuer.getSubjectX500Principal()),
                    "another");
            validity(name + "[" + i + "]", path.get(i), use == Use.SIGNING && i == 0, at, findings);
        }
        return findings.count() > before ? Optional.empty() : Optional.of(new CertificatePath(path));
    }

    /** The pinned root that a chain's last certificate is, by name and key, or that has issued it. */
    private static Optional<X509Certificate> pinned(X509Certificate last, boolean isRoot, Anchors anchors) {
        return anchors.roots().stream()
                .filter(a -> P256.isKey(a.getPublicKey())
                        && ROOT.contains(Certificates.commonName(a.getSubjectX500Principal())))
                .filter(a -> isRoot
                        ? a.getPublicKey().equals(last.getPublicKey())
                                && a.getSubjectX500Principal().equals(last.getSubjectX500Principal())
                        : a.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
                .findFirst();
    }

    private static void profile(
            String name, X509Certificate certificate, List<String> names, int position, Findings findings) {
        String commonName = Certificates.commonName(certificate.getSubjectX500Principal());
        findings.check(names.contains(commonName), name + ".subject", String.join(" or ", names), commonName);
        findings.check(
                P256.isKey(certificate.getPublicKey()),
                name + ".key",
                "a point of P-256",
                certificate.getPublicKey().getAlgorithm());
        findings.check(
                certificate.getSigAlgOID().equals(ECDSA_SHA256),
                name + ".algorithm",
                "ECDSA with SHA-256",
                certificate.getSigAlgOID());
        findings.check(
                certificate.getVersion() == 3
                        && !certificate.hasUnsupportedCriticalExtension()
                        && (position == 0 ? isLeaf(certificate) : isAuthority(certificate, position - 1)),
                name + ".extensions",
                position == 0 ? "those of a signer" : "those of an authority over " + (position - 1) + " others",
                "others");
    }

    private static boolean isLeaf(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getBasicConstraints() < 0 && usage != null && usage[DIGITAL_SIGNATURE];
    }

    private static boolean isAuthority(X509Certificate certificate, int below) {
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getBasicConstraints() >= below
                && usage != null
                && usage[CERTIFICATE_SIGN]
                && usage[CRL_SIGN];
    }

    private static boolean signedBy(X509Certificate certificate, X509Certificate issuer) {
        try {
            PublicKey key = issuer.getPublicKey();
            return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
                    && PROVEN.holds(() -> verify(certificate, key), key, certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            return false;
        }
    }

    private static boolean verify(X509Certificate certificate, PublicKey key) {
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * Notes a certificate that is not of the time of judgement. Intel certifies the key that signs collateral anew from time to
     * time, and only the newest certificate is handed out with older documents, which have dates of their own; so, as in
     * Intel's library, that one may begin later.
     */
    private static void validity(
            String name, X509Certificate certificate, boolean mayBeginLater, Instant at, Findings findings) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        findings.check(
                !at.isAfter(until) && (mayBeginLater || !at.isBefore(from)),
                name + ".validity",
                from + " to " + until,
                at.toString());
    }
}
