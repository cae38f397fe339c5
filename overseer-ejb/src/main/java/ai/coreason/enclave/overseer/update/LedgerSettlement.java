package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.CheckedRows;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * Mirrors rows that were checked, in one transaction: locks the dataset's account, writes all of them, and tells the audit log last and of
 * all at once, as everybody else may be waiting for it.
 */
@Stateless
public class LedgerSettlement {
    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    /** For the container. */
    public LedgerSettlement() {}

    /** A settlement outside of a server. */
    LedgerSettlement(LedgerMirror mirror, AuditLog audit) {
        this.mirror = mirror;
        this.audit = audit;
    }

    /**
     * Mirrors rows; what is mirrored already is not told to the audit log again.
     *
     * @return false if the mirror has moved since they were checked; nothing is mirrored then
     */
    public boolean settle(CheckedRows.Fit rows) {
        Optional<List<ChargeRow>> changed = mirror.take(rows);
        changed.ifPresent(all -> {
            mirror.flush();
            all.forEach(row -> audit.append(new UpdateEvent.ChargeMirrored(rows.nodeId(), rows.datasetId(), row)));
        });
        return changed.isPresent();
    }
}
