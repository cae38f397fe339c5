package ai.coreason.enclave.privacy.ledger;

import jakarta.enterprise.context.ApplicationScoped;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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
    private final Map<String, Boolean> trusted = new ConcurrentHashMap<>();
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

    /** Whether a certificate was issued to that node by the trusted authorities. */
    boolean trusts(String nodeId, X509Certificate certificate) {
        String key = nodeId + "/" + LedgerCertificates.fingerprint(certificate);
        return trusted.computeIfAbsent(
                key, k -> trust.node(certificate).filter(nodeId::equals).isPresent());
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
