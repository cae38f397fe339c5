package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The ledger's rules over one persistence context. The caller owns the transaction. Accounts are locked for writing, so
 * charges on one dataset are serial across threads and processes.
 */
public final class LedgerBook {
    private final EntityManager em;
    private final Clock clock;

    /** A book over a persistence context that takes part in the caller's transaction. */
    public LedgerBook(EntityManager em, Clock clock) {
        this.em = em;
        this.clock = clock;
    }

    /**
     * Registers a dataset, or confirms that it is registered in just this way.
     *
     * @param source a name of where the records lie, the same for the same records
     * @throws IllegalArgumentException if the dataset is registered otherwise, or another one has this source
     */
    public DatasetAccount register(Dataset dataset, String source) {
        String key = dataset.datasetId();
        for (DatasetAccount other : accounts()) {
            if (other.source().equals(source) && !other.dataset().datasetId().equals(key)) {
                throw new IllegalArgumentException("dataset_id: expected one id for one source of records, got " + key
                        + " beside " + other.dataset().datasetId());
            }
        }
        DatasetAccount account = em.find(DatasetAccount.class, key);
        if (account == null) {
            account = new DatasetAccount(key, dataset, source);
            em.persist(account);
            em.flush();
        } else if (!account.dataset().equals(dataset) || !account.source().equals(source)) {
            throw new IllegalArgumentException("dataset " + key + ": expected the registration of its first day, "
                    + account.dataset().json() + ", got " + dataset.json());
        }
        return account;
    }

    /** All registered datasets. */
    public List<DatasetAccount> accounts() {
        return em.createQuery("select a from DatasetAccount a order by a.key", DatasetAccount.class)
                .getResultList();
    }

    /** Reserves a charge if the job's limit and the dataset's ceiling both allow it. */
    public BudgetDecision reserve(ChargeRequest request) {
        DatasetAccount account = locked(request.datasetId());
        Optional<Charge> before = find(request.datasetId(), request.key());
        if (before.isPresent()) {
            return new BudgetDecision.AlreadyCharged(before.get().row());
        }
        Dataset dataset = account.dataset();
        List<ChargeRow> rows = rows(request.datasetId());
        RdpFilter filter = dataset.filter();
        double spent = account.filterSpent();
        Spending spending;
        if (request.phase().isEmpty()) {
            spending = new Spending(
                    Double.NaN, Double.NaN, Double.NaN, filter.order(), spent, "none", "none", "none", "none");
        } else {
            Phase phase = request.phase().get();
            List<Phase> job = Phases.with(
                    rows, r -> r.request().key().jobId().equals(request.key().jobId()), request.phase());
            PrivacyLoss jobLoss = PlanAccountant.epsilon(job, request.jobDelta());
            if (!(jobLoss.epsilon() <= request.jobLimit())) {
                return new BudgetDecision.Refused("job", jobLoss.epsilon(), request.jobLimit());
            }
            double after = spent + filter.cost(phase);
            if (!filter.admits(spent, phase)) {
                return new BudgetDecision.Refused("ceiling", filter.epsilon(after), dataset.ceiling());
            }
            PrivacyLoss all = RdpAccountant.epsilon(Phases.with(rows, r -> true, request.phase()), dataset.delta());
            spending = new Spending(
                    RdpAccountant.epsilon(Phases.with(rows, r -> true, Optional.empty()), dataset.delta())
                            .epsilon(),
                    all.epsilon(),
                    jobLoss.epsilon(),
                    filter.order(),
                    after,
                    all.accountant(),
                    all.version(),
                    jobLoss.accountant(),
                    jobLoss.version());
        }
        ChargeRow row = ChargeRow.chain(
                account.sequence() + 1,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                dataset,
                request,
                spending,
                account.head());
        account.append(row);
        em.persist(new Charge(request.datasetId(), row));
        return new BudgetDecision.Reserved(row);
    }

    /** Marks a reserved charge as committed; the caller stores the sealed update in the same transaction. */
    public ChargeRow commit(String datasetId, ChargeKey key) {
        locked(datasetId);
        Charge charge = find(datasetId, key)
                .orElseThrow(() -> new IllegalStateException("no reservation for " + key + " on " + datasetId));
        charge.commit();
        return charge.row();
    }

    /** Marks a reserved charge as expired; it stays charged. */
    public void expire(String datasetId, ChargeKey key) {
        locked(datasetId);
        find(datasetId, key).ifPresent(Charge::expire);
    }

    /** The charge of an attempt, if there is one. */
    public Optional<ChargeRow> charge(String datasetId, ChargeKey key) {
        return find(datasetId, key).map(Charge::row);
    }

    /** All charges on a dataset in sequence. */
    public List<ChargeRow> rows(String datasetId) {
        return em.createQuery("select c from Charge c where c.accountKey = :key order by c.sequence", Charge.class)
                .setParameter("key", datasetId)
                .getResultStream()
                .map(Charge::row)
                .toList();
    }

    private DatasetAccount locked(String datasetId) {
        DatasetAccount account = em.find(DatasetAccount.class, datasetId, LockModeType.PESSIMISTIC_WRITE);
        if (account == null) {
            throw new IllegalArgumentException("dataset: expected a registered dataset, got " + datasetId);
        }
        return account;
    }

    private Optional<Charge> find(String datasetId, ChargeKey key) {
        return em.createQuery(
                        "select c from Charge c where c.accountKey = :key and c.jobId = :job and c.round = :round"
                                + " and c.attempt = :attempt",
                        Charge.class)
                .setParameter("key", datasetId)
                .setParameter("job", key.jobId())
                .setParameter("round", key.round())
                .setParameter("attempt", key.attempt())
                .getResultStream()
                .findFirst();
    }
}
