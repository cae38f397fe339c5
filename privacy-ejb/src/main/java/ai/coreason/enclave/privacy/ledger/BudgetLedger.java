package ai.coreason.enclave.privacy.ledger;

import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * The node's budget ledger: each call is one transaction, or takes part in the caller's. The rules are those of
 * {@link LedgerBook}.
 */
@Stateless
public class BudgetLedger {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** See {@link LedgerBook#register}. */
    public void register(Dataset dataset, String source) {
        book().register(dataset, source);
    }

    /** See {@link LedgerBook#accounts}. */
    public List<DatasetAccount> accounts() {
        return book().accounts();
    }

    /** See {@link LedgerBook#reserve}. */
    public BudgetDecision reserve(ChargeRequest request) {
        return book().reserve(request);
    }

    /** See {@link LedgerBook#commit}; call it in the transaction that stores the sealed update. */
    public ChargeRow commit(String datasetId, ChargeKey key) {
        return book().commit(datasetId, key);
    }

    /** See {@link LedgerBook#expire}. */
    public void expire(String datasetId, ChargeKey key) {
        book().expire(datasetId, key);
    }

    /** See {@link LedgerBook#charge}. */
    public Optional<ChargeRow> charge(String datasetId, ChargeKey key) {
        return book().charge(datasetId, key);
    }

    /** See {@link LedgerBook#rows}. */
    public List<ChargeRow> rows(String datasetId) {
        return book().rows(datasetId);
    }

    private LedgerBook book() {
        return new LedgerBook(em, Clock.systemUTC());
    }
}
