package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A node's ledger: its rules over one persistence context. The caller owns the transaction. Accounts are locked for
 * writing, so charges on one dataset are serial across threads and processes.
 */
public final class LedgerBook {
    private final EntityManager em;
    private final Clock clock;
    private final LedgerGuard guard;
    private final ChainInspector inspector;
    private final Signers signers;
    private final CarriedCharges carried;

    /**
     * A book over a persistence context that takes part in the caller's transaction.
     *
     * @param guard what this process knows of the ledgers of this database
     */
    public LedgerBook(EntityManager em, Clock clock, LedgerGuard guard) {
        this.em = em;
        this.clock = clock;
        this.guard = guard;
        this.inspector = new ChainInspector(em, guard);
        this.signers = new Signers(em);
        this.carried = new CarriedCharges(em);
    }

    /**
     * Registers a dataset, or confirms that it is registered in just this way. One that was never charged, and whose ledger no
     * Overseer has countersigned, as it refused the registration, may be registered otherwise.
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
        } else if (account.sequence() == 0
                && rows(key).isEmpty()
                && keptHead(key).isEmpty()) {
            account.restate(dataset, source);
        } else if (!account.dataset().equals(dataset)) {
            throw new IllegalArgumentException("dataset " + key + ": expected the registration of its first day, "
                    + account.dataset().json() + ", got " + dataset.json());
        } else if (!account.source().equals(source)) {
            throw new IllegalArgumentException(
                    "dataset " + key + ": expected the records where they were on its first day, " + account.source()
                            + ", got " + source);
        }
        return account;
    }

    /** All registered datasets. */
    public List<DatasetAccount> accounts() {
        return em.createQuery("select a from DatasetAccount a order by a.key", DatasetAccount.class)
                .getResultList();
    }

    /**
     * Reserves a charge if the ledger is whole, the Overseer countersigned its head since this start, the terms are those
     * that the job's first charge pinned, and the job's limit and the dataset's ceiling both allow it.
     *
     * @param signer signs the row
     */
    public BudgetDecision reserve(ChargeRequest request, RowSigner signer) {
        DatasetAccount account = locked(request.datasetId());
        Optional<LedgerFault> fault = inspector.inspect(account).or(() -> unready(request.datasetId()));
        if (fault.isPresent()) {
            return new BudgetDecision.Held(fault.get());
        }
        Optional<Charge> before = find(request.datasetId(), request.key());
        if (before.isPresent()) {
            return new BudgetDecision.AlreadyCharged(before.get().row());
        }
        Dataset dataset = account.dataset();
        ChargesSoFar soFar = ChargesSoFar.of(dataset, rows(request.datasetId()));
        Optional<String> objection = ChargeRule.objection(soFar, request);
        if (objection.isPresent()) {
            return new BudgetDecision.Pinned(objection.get());
        }
        Spending spending = ChargeRule.spending(soFar, request);
        if (ChargeRule.passesJobLimit(request, spending)) {
            return new BudgetDecision.Refused("job", spending.jobEpsilonAfter(), request.jobLimit());
        }
        RdpFilter filter = dataset.filter();
        if (request.phase().isPresent() && !(spending.filterSpentAfter() <= filter.budget())) {
            return new BudgetDecision.Refused(
                    "ceiling", filter.epsilon(spending.filterSpentAfter()), dataset.ceiling());
        }
        ChargeRow row = ChargeRow.chain(
                account.sequence() + 1,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                dataset,
                request,
                spending,
                account.head(),
                signer);
        append(account, row, signer);
        return new BudgetDecision.Reserved(row);
    }

    /** Marks a reserved charge as committed; the caller stores the sealed update in the same transaction. */
    public ChargeRow commit(String datasetId, AttemptKey key) {
        locked(datasetId);
        Charge charge = find(datasetId, key)
                .orElseThrow(() -> new IllegalStateException("no reservation for " + key + " on " + datasetId));
        charge.commit();
        return charge.row();
    }

    /** Marks a reserved charge as expired; it stays charged. */
    public void expire(String datasetId, AttemptKey key) {
        locked(datasetId);
        find(datasetId, key).ifPresent(Charge::expire);
    }

    /** The charge of an attempt, if there is one. */
    public Optional<ChargeRow> charge(String datasetId, AttemptKey key) {
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

    /** Looks for what is wrong with a dataset's ledger. */
    public Optional<LedgerFault> inspect(String datasetId) {
        return inspector.inspect(locked(datasetId));
    }

    /**
     * Takes a head that the Overseer countersigned just now, for a reservation or against one: it must lie on this chain.
     * A head below the one that is kept confirms nothing; the Overseer must first take the rows that it lacks.
     *
     * @param head a verified head of this dataset, with the nonce that this process gave
     * @param document the signed document, JSON
     * @return what is wrong with the ledger
     */
    public Optional<LedgerFault> countersigned(LedgerHead head, String document) {
        DatasetAccount account = locked(head.datasetId());
        Optional<LedgerFault> fault =
                inspector.inspect(account).or(() -> inspector.against(account.dataset(), head.sequence(), head.hash()));
        guard.found(head.datasetId(), fault);
        if (fault.isPresent()) {
            return fault;
        }
        KeptHead kept = em.find(KeptHead.class, head.datasetId());
        if (kept == null) {
            kept = new KeptHead(head.datasetId());
            kept.keep(head, document);
            em.persist(kept);
        } else if (head.sequence() >= kept.sequence()) {
            kept.keep(head, document);
        } else {
            return fault;
        }
        guard.countersigned(head.datasetId());
        return fault;
    }

    /** The highest countersigned head of a dataset. */
    public Optional<KeptHead> keptHead(String datasetId) {
        return Optional.ofNullable(em.find(KeptHead.class, datasetId));
    }

    /**
     * Charges what a recovery carried over from a branch that was given up, past every limit if need be.
     *
     * @return how many charges
     */
    public int chainCarried(String datasetId, RowSigner signer) {
        if (carried.of(datasetId).isEmpty()) {
            return 0;
        }
        DatasetAccount account = locked(datasetId);
        return carried.chain(account, () -> rows(datasetId), clock, signer, row -> append(account, row, signer));
    }

    /** The certificates that signed these rows. */
    public List<X509Certificate> signers(List<ChargeRow> rows) {
        return List.copyOf(signers.of(rows).values());
    }

    private void append(DatasetAccount account, ChargeRow row, RowSigner signer) {
        signers.keep(row.request().nodeId(), signer.certificate());
        account.append(row);
        em.persist(new Charge(row.dataset().datasetId(), row));
        em.flush();
    }

    private Optional<LedgerFault> unready(String datasetId) {
        if (!guard.isCountersigned(datasetId)) {
            return Optional.of(new LedgerFault(
                    datasetId,
                    LedgerFault.Kind.NOT_COUNTERSIGNED,
                    "the Overseer has not countersigned the ledger of " + datasetId + " since this start"));
        }
        return carried.of(datasetId).isEmpty()
                ? Optional.empty()
                : Optional.of(new LedgerFault(
                        datasetId,
                        LedgerFault.Kind.NOT_COUNTERSIGNED,
                        "charges that a recovery carried over are not chained yet"));
    }

    private DatasetAccount locked(String datasetId) {
        DatasetAccount account = em.find(DatasetAccount.class, datasetId, LockModeType.PESSIMISTIC_WRITE);
        if (account == null) {
            throw new IllegalArgumentException("dataset: expected a registered dataset, got " + datasetId);
        }
        return account;
    }

    private Optional<Charge> find(String datasetId, AttemptKey key) {
        return em.createQuery(
                        "select c from Charge c where c.accountKey = :key and c.jobId = :job and c.round = :round"
                                + " and c.attempt = :attempt order by c.recovered",
                        Charge.class)
                .setParameter("key", datasetId)
                .setParameter("job", key.jobId())
                .setParameter("round", key.round())
                .setParameter("attempt", key.attempt())
                .getResultStream()
                .findFirst();
    }
}
