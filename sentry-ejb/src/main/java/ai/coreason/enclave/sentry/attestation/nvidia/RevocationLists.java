package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificate revocation lists at hand, each taken only from the issuer of what it is asked of. The maker's lists cover the two
 * levels below its roots; what is below those answers by OCSP alone, which is not read here.
 *
 * @param lists in any order
 * @param at the time at which they have to be in force
 */
record RevocationLists(List<X509CRL> lists, Instant at) {
    RevocationLists {
        lists = List.copyOf(lists);
    }

    /**
     * Judges all certificates of a chain that have an issuer in it.
     *
     * @param broken takes a reason for each that is revoked, and each list that is not in force
     * @param open takes a reason for each of which no list in force speaks
     */
    void judge(CertificateChain chain, List<Reason> broken, List<Reason> open) {
        for (int i = 0; i + 1 < chain.certificates().size(); i++) {
            X509Certificate certificate = chain.certificates().get(i);
            List<X509CRL> own = by(chain.certificates().get(i + 1));
            String name = certificate.getSubjectX500Principal().getName();
            String rule = chain.part() + ".revocation";
            boolean known = false;
            for (X509CRL list : own) {
                if (list.getRevokedCertificate(certificate.getSerialNumber()) != null) {
                    broken.add(new Reason(rule, "a certificate in force", "revoked: " + name));
                }
                known |= inForce(list);
            }
            if (!known) {
                open.add(new Reason(rule, "a list in force by its issuer", "none for " + name));
            }
            if (!known && !own.isEmpty()) {
                broken.add(new Reason(rule, "a list in force at " + at, "another for " + name));
            }
        }
    }

    private boolean inForce(X509CRL list) {
        return !at.isBefore(list.getThisUpdate().toInstant())
                && list.getNextUpdate() != null
                && !at.isAfter(list.getNextUpdate().toInstant())
                && !list.hasUnsupportedCriticalExtension();
    }

    private List<X509CRL> by(X509Certificate issuer) {
        List<X509CRL> out = new ArrayList<>();
        for (X509CRL list : lists) {
            if (list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                try {
                    list.verify(issuer.getPublicKey());
                    out.add(list);
                } catch (GeneralSecurityException | RuntimeException e) {
                    continue;
                }
            }
        }
        return out;
    }
}
