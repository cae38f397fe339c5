package ai.coreason.enclave.privacy.ledger;

import jakarta.enterprise.context.ApplicationScoped;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What a node knows of its ledgers since it started, in memory alone: whom it trusts, how far each chain was found whole,
 * which datasets have a countersigned head of this start, and what is wrong. Thread-safe.
 */
@ApplicationScoped
public class LedgerGuard {
    /**
     * A chain that was found whole.
     *
     * @param textDigest SHA-256 over the stored texts of its rows
     */
    record Checked(ChainCheck.Position position, String textDigest) {}

    private final Map<String, Checked> checked = new ConcurrentHashMap<>();
    private final Map<String, LedgerFault> faults = new ConcurrentHashMap<>();
    private final Map<String, Boolean> countersigned = new ConcurrentHashMap<>();
    private final Map<String, X509Certificate> trusted = new ConcurrentHashMap<>();
    private volatile LedgerTrust trust = LedgerTrust.of(List.of());

    /** For the container, and for tests. */
    public LedgerGuard() {}

    /** Says whose certificates count. */
    public void trust(LedgerTrust authorities) {
        trust = authorities;
        trusted.clear();
        checked.clear();
    }

    /** What is wrong now, by dataset; what people must resolve is {@link LedgerFault.Kind#held()}. */
    public Collection<LedgerFault> faults() {
        return List.copyOf(faults.values());
    }

    /** The certificate of a fingerprint, if it was issued to the node that it is stored for by the trusted authorities. */
    Optional<X509Certificate> trusted(String fingerprint, Supplier<SignerCertificate> stored) {
        return Optional.ofNullable(trusted.computeIfAbsent(fingerprint, f -> {
            SignerCertificate signer = stored.get();
            if (signer == null) {
                return null;
            }
            X509Certificate certificate = signer.certificate();
            return trust.node(certificate).filter(signer.nodeId()::equals).isPresent() ? certificate : null;
        }));
    }

    Optional<Checked> checked(String datasetId) {
        return Optional.ofNullable(checked.get(datasetId));
    }

    void whole(String datasetId, Checked chain) {
        checked.put(datasetId, chain);
    }

    boolean isCountersigned(String datasetId) {
        return countersigned.containsKey(datasetId);
    }

    void countersigned(String datasetId) {
        countersigned.put(datasetId, true);
    }

    /** Notes what a look at a dataset found, or that it found nothing. */
    void found(String datasetId, Optional<LedgerFault> fault) {
        if (fault.filter(f -> f.kind().held()).isPresent()) {
            faults.put(datasetId, fault.get());
            countersigned.remove(datasetId);
        } else {
            faults.remove(datasetId);
        }
    }
}
