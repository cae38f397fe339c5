package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Three certificates, each signed by the next: of a report's key, of the key that issues those (ASK for a VCEK, ASVK for a
 * VLEK), and of the product's root (ARK), which is pinned. There is one path of one length, so a loop or a longer chain is
 * never followed; the order in which certificates come does not matter (AMD 57230, sections 2 and 4).
 *
 * @param vek of the report's key
 * @param issuer ASK or ASVK
 * @param root ARK
 */
record SnpChain(VekCertificate vek, X509Certificate issuer, X509Certificate root) {
    private static final int CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;

    /**
     * Finds the path and checks it.
     *
     * @param others the certificates that came, in any order
     * @param at when all have to be valid
     * @param findings takes every rule that does not hold
     * @return the path if all its signatures hold
     */
    static Optional<SnpChain> verify(
            VekCertificate vek, List<X509Certificate> others, Anchors anchors, Instant at, Findings findings) {
        SnpProduct product = vek.product();
        Optional<X509Certificate> root = others.stream()
                .filter(c -> c.getSubjectX500Principal().equals(SnpKey.root(product)) && anchors.contains(c))
                .findFirst();
        findings.require(root.isPresent(), "chain.ark", "the pinned root ARK-" + product.label(), subjects(others));
        if (root.isEmpty() || !isRoot(root.get(), product, findings)) {
            return Optional.empty();
        }
        List<X509Certificate> named = others.stream()
                .filter(c -> c.getSubjectX500Principal().equals(vek.key().issuer(product)))
                .toList();
        String name = vek.key().issuer(product).getName();
        if (!findings.require(!named.isEmpty(), "chain.issuer", name, subjects(others))) {
            return Optional.empty();
        }
        Optional<X509Certificate> issuer =
                named.stream().filter(c -> signed(c, root.get())).findFirst();
        if (!findings.require(
                issuer.isPresent(), "chain.issuer.signature", "one of ARK-" + product.label(), "another")) {
            return Optional.empty();
        }
        SnpChain chain = new SnpChain(vek, issuer.get(), root.get());
        return chain.check(at, findings) ? Optional.of(chain) : Optional.empty();
    }

    private static boolean isRoot(X509Certificate root, SnpProduct product, Findings findings) {
        return findings.require(
                root.getIssuerX500Principal().equals(SnpKey.root(product)) && signed(root, root),
                "chain.ark.signature",
                "one of itself, RSA-4096 PSS with SHA-384",
                "another");
    }

    private boolean check(Instant at, Findings findings) {
        checkAuthority(issuer, "chain.issuer", findings);
        checkAuthority(root, "chain.ark", findings);
        checkValidity(vek.certificate(), "vek", at, findings);
        checkValidity(issuer, "chain.issuer", at, findings);
        checkValidity(root, "chain.ark", at, findings);
        X509Certificate leaf = vek.certificate();
        boolean[] usage = leaf.getKeyUsage();
        findings.require(
                leaf.getBasicConstraints() == -1 && (usage == null || usage[0] && !usage[CERT_SIGN]),
                "vek.usage",
                "a key that signs and certifies nothing",
                "another");
        findings.require(!leaf.hasUnsupportedCriticalExtension(), "vek.extensions", "no unknown critical one", "one");
        if (!findings.require(EcKey.isP384(leaf.getPublicKey()), "vek.key", "a point of P-384", "another key")) {
            return false;
        }
        return findings.require(
                leaf.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()) && signed(leaf, issuer),
                "vek.signature",
                "one of " + issuer.getSubjectX500Principal().getName() + ", RSA-4096 PSS with SHA-384",
                "another");
    }

    private static void checkAuthority(X509Certificate c, String name, Findings findings) {
        boolean[] usage = c.getKeyUsage();
        findings.require(
                c.getBasicConstraints() >= 0 && usage != null && usage[CERT_SIGN],
                name + ".usage",
                "an authority that signs certificates",
                "another");
        findings.require(!c.hasUnsupportedCriticalExtension(), name + ".extensions", "no unknown critical one", "one");
    }

    private static void checkValidity(X509Certificate c, String name, Instant at, Findings findings) {
        Instant from = c.getNotBefore().toInstant();
        Instant until = c.getNotAfter().toInstant();
        findings.require(
                !at.isBefore(from) && !at.isAfter(until), name + ".validity", "from " + from + " to " + until, at);
    }

    private static boolean signed(X509Certificate c, X509Certificate by) {
        try {
            return PssSignature.holds(c.getEncoded(), c.getSigAlgOID(), c.getSigAlgParams(), by.getPublicKey());
        } catch (java.security.cert.CertificateEncodingException e) {
            return false;
        }
    }

    private static String subjects(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(c -> c.getSubjectX500Principal().getName())
                .toList()
                .toString();
    }

    /** Whether the root may sign revocation lists. */
    boolean rootSignsLists() {
        boolean[] usage = root.getKeyUsage();
        return usage != null && usage[CRL_SIGN];
    }
}
