package ai.coreason.enclave.privacy.ledger;

import jakarta.persistence.EntityManager;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kept certificates of row signers, over one persistence context. */
final class Signers {
    private final EntityManager em;

    Signers(EntityManager em) {
        this.em = em;
    }

    /** Keeps a certificate; one that is kept stays. */
    void keep(String nodeId, X509Certificate certificate) {
        if (em.find(SignerCertificate.class, LedgerCertificates.fingerprint(certificate)) == null) {
            em.persist(new SignerCertificate(nodeId, certificate));
        }
    }

    /** The kept certificate of a node with that fingerprint. */
    Optional<X509Certificate> of(String nodeId, String fingerprint) {
        return Optional.ofNullable(em.find(SignerCertificate.class, fingerprint))
                .filter(s -> s.nodeId().equals(nodeId))
                .map(SignerCertificate::certificate);
    }

    /** The kept certificates of a node that rows name as their signers, by fingerprint. */
    Map<String, X509Certificate> named(String nodeId, List<ChargeRow> rows) {
        Map<String, X509Certificate> found = new LinkedHashMap<>();
        rows.stream()
                .flatMap(r -> r.signature().stream())
                .map(RowSignature::signer)
                .distinct()
                .forEach(s -> of(nodeId, s).ifPresent(c -> found.put(s, c)));
        return found;
    }

    /** The kept certificates that signed one of these rows, by fingerprint. */
    Map<String, X509Certificate> of(List<ChargeRow> rows) {
        Map<String, X509Certificate> found = new LinkedHashMap<>();
        for (ChargeRow row : rows) {
            row.signature()
                    .map(RowSignature::signer)
                    .filter(s -> !found.containsKey(s))
                    .ifPresent(s -> of(row.request().nodeId(), s).ifPresent(c -> found.put(s, c)));
        }
        return found;
    }
}
