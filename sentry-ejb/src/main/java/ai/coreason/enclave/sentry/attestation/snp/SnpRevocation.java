package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.der.ListEncoding;
import ai.coreason.enclave.sentry.attestation.der.StrictDer;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A product's list of revoked certificates, which its ARK signs (RFC 5280, section 5; AMD 57230, section 4.2). AMD gives
 * all keys of chips the serial number zero, so that number stands for none of them.
 *
 * @param list what was read
 */
record SnpRevocation(X509CRL list) {
    private static final int MAX_BYTES = 1 << 20;

    /**
     * Reads a list in DER, PEM or hexadecimal text.
     *
     * @throws MalformedEvidence if it is none
     */
    static SnpRevocation parse(byte[] file) throws MalformedEvidence {
        if (file.length > MAX_BYTES) {
            throw new MalformedEvidence("crl", 0, "at most " + MAX_BYTES + " bytes", file.length + " bytes");
        }
        byte[] der = ListEncoding.der(file);
        StrictDer.checkSigned("crl", der);
        try {
            X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
            if (!Arrays.equals(list.getEncoded(), der)) {
                throw new MalformedEvidence("crl", 0, "a list of revoked certificates", "more");
            }
            return new SnpRevocation(list);
        } catch (CRLException | CertificateException | RuntimeException e) {
            throw new MalformedEvidence("crl", 0, "a list of revoked certificates", "what does not parse");
        }
    }

    /**
     * Checks the list, and the path against it.
     *
     * @param maxAge how long ago it may have been issued, beside its own validity; empty if any
     */
    void check(SnpChain chain, Instant at, Optional<Duration> maxAge, Findings findings) {
        X509Certificate root = chain.root();
        findings.require(
                list.getIssuerX500Principal().equals(root.getSubjectX500Principal()),
                "crl.issuer",
                root.getSubjectX500Principal().getName(),
                list.getIssuerX500Principal().getName());
        if (!findings.require(
                chain.rootSignsLists() && signed(root), "crl.signature", "one of the pinned root", "another")) {
            return;
        }
        findings.require(
                !list.hasUnsupportedCriticalExtension() && noCriticalEntries(),
                "crl.extensions",
                "no critical one: a full list of the root's own certificates",
                "one");
        checkTime(at, maxAge, findings);
        checkRevoked(chain.issuer(), "chain.issuer", findings);
        checkRevoked(root, "chain.ark", findings);
        checkRevoked(chain.vek().certificate(), "vek", findings);
    }

    private void checkTime(Instant at, Optional<Duration> maxAge, Findings findings) {
        Instant from = list.getThisUpdate().toInstant();
        boolean ends = list.getNextUpdate() != null;
        if (findings.require(ends, "crl.nextUpdate", "a time", "none")) {
            Instant until = list.getNextUpdate().toInstant();
            findings.require(
                    !at.isBefore(from) && !at.isAfter(until), "crl.validity", "from " + from + " to " + until, at);
        }
        maxAge.ifPresent(age ->
                findings.require(!at.isAfter(from.plus(age)), "crl.age", "at most " + age, Duration.between(from, at)));
    }

    private void checkRevoked(X509Certificate certificate, String name, Findings findings) {
        BigInteger serial = certificate.getSerialNumber();
        findings.require(
                serial.signum() == 0
                        || entries().stream().noneMatch(e -> e.getSerialNumber().equals(serial)),
                name + ".revocation",
                "a serial number that is not on the root's list",
                serial);
    }

    private boolean noCriticalEntries() {
        return entries().stream().noneMatch(X509CRLEntry::hasUnsupportedCriticalExtension)
                && (list.getCriticalExtensionOIDs() == null
                        || list.getCriticalExtensionOIDs().isEmpty());
    }

    private Set<? extends X509CRLEntry> entries() {
        Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        return entries == null ? Set.of() : entries;
    }

    private boolean signed(X509Certificate root) {
        try {
            return PssSignature.holds(
                    list.getEncoded(), list.getSigAlgOID(), list.getSigAlgParams(), root.getPublicKey());
        } catch (CRLException e) {
            return false;
        }
    }
}
