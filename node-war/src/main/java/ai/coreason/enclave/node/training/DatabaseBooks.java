package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.ledger.BudgetDecision;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.KeptHead;
import ai.coreason.enclave.privacy.ledger.LedgerBook;
import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.privacy.ledger.LedgerGuard;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import jakarta.ejb.Local;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The node's database: the ledger and the outbox in one JTA transaction a call. */
@Stateless
@Local(RoundBooks.class)
public class DatabaseBooks implements RoundBooks {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private LedgerGuard guard;

    /** For the container. */
    public DatabaseBooks() {}

    /** Books over a given persistence context. */
    DatabaseBooks(EntityManager em, LedgerGuard guard) {
        this.em = em;
        this.guard = guard;
    }

    @Override
    public void register(Dataset dataset, String source) {
        ledger().register(dataset, source);
    }

    @Override
    public List<DatasetAccount> accounts() {
        return ledger().accounts();
    }

    @Override
    public List<ChargeRow> rows(String datasetId) {
        return ledger().rows(datasetId);
    }

    @Override
    public int recover() {
        int expired = 0;
        for (DatasetAccount account : ledger().accounts()) {
            String datasetId = account.dataset().datasetId();
            for (ChargeRow row : ledger().rows(datasetId)) {
                if (row.state() == ChargeState.RESERVED) {
                    ledger().expire(datasetId, row.request().key());
                    expired++;
                }
            }
        }
        return expired;
    }

    @Override
    public String bind(String jobId, long round, String baseDigest) {
        RoundBase bound = em.find(RoundBase.class, RoundBase.id(jobId, round));
        if (bound == null) {
            em.persist(new RoundBase(jobId, round, baseDigest));
            return baseDigest;
        }
        return bound.baseDigest();
    }

    @Override
    public BudgetDecision reserve(ChargeRequest request, RowSigner signer) {
        return ledger().reserve(request, signer);
    }

    @Override
    public Optional<LedgerFault> inspect(String datasetId) {
        return ledger().inspect(datasetId);
    }

    @Override
    public Optional<LedgerFault> countersigned(LedgerHead head, String document) {
        return ledger().countersigned(head, document);
    }

    @Override
    public Optional<KeptHead> keptHead(String datasetId) {
        return ledger().keptHead(datasetId);
    }

    @Override
    public int chainCarried(String datasetId, RowSigner signer) {
        return ledger().chainCarried(datasetId, signer);
    }

    @Override
    public List<X509Certificate> signers(List<ChargeRow> rows) {
        return ledger().signers(rows);
    }

    @Override
    public byte[] commit(String datasetId, AttemptKey key, Function<ChargeRow, byte[]> seal) {
        byte[] kept = seal.apply(ledger().commit(datasetId, key));
        em.persist(new OutboxEntry(key, kept));
        return kept;
    }

    @Override
    public void expire(String datasetId, AttemptKey key) {
        ledger().expire(datasetId, key);
    }

    @Override
    public Optional<Outgoing> outgoing(AttemptKey key) {
        return find(key).map(e -> new Outgoing(key, e.state(), e.kept()));
    }

    @Override
    public List<AttemptKey> pending() {
        return em.createQuery(
                        "select e from OutboxEntry e where e.state = :pending order by e.jobId, e.round, e.attempt",
                        OutboxEntry.class)
                .setParameter("pending", OutboxEntry.State.PENDING)
                .getResultStream()
                .map(OutboxEntry::key)
                .toList();
    }

    @Override
    public void delivered(AttemptKey key) {
        find(key).ifPresent(OutboxEntry::delivered);
    }

    @Override
    public void refused(AttemptKey key) {
        find(key).ifPresent(OutboxEntry::refused);
    }

    @Override
    public void forgetBefore(String jobId, long round) {
        em.createQuery(
                        "select e from OutboxEntry e where e.jobId = :job and e.round < :round and e.kept is not null"
                                + " and e.state <> :pending",
                        OutboxEntry.class)
                .setParameter("job", jobId)
                .setParameter("round", round)
                .setParameter("pending", OutboxEntry.State.PENDING)
                .getResultList()
                .forEach(OutboxEntry::forget);
    }

    private LedgerBook ledger() {
        return new LedgerBook(em, Clock.systemUTC(), guard);
    }

    private Optional<OutboxEntry> find(AttemptKey key) {
        return Optional.ofNullable(em.find(OutboxEntry.class, OutboxEntry.id(key)));
    }
}
