package ai.coreason.enclave.sentry.audit;

import ai.coreason.enclave.base.database.Tables;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The append-only audit log. An event enters in the transaction of what it tells of, so that neither is without the other. */
@Stateless
public class AuditLog {
    /** The log's tables. */
    public static final Tables TABLES = new Tables("audit", "audit_entry");

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** For the container. */
    public AuditLog() {}

    /** A log outside of a server. */
    public AuditLog(EntityManager em) {
        this.em = em;
    }

    /** Makes the head row of a new log; call it once at start, before anything is appended, be it in the same transaction. */
    public void open() {
        if (em.find(AuditHead.class, AuditHead.ONLY) == null) {
            em.persist(AuditHead.genesis());
            em.flush();
        }
    }

    /** Makes whoever else appends, or calls this, wait until the caller's transaction ends. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void lock() {
        em.find(AuditHead.class, AuditHead.ONLY, LockModeType.PESSIMISTIC_WRITE);
    }

    /**
     * Appends one event in the caller's transaction.
     *
     * @param event such as {@code job.admitted}
     * @param details identifiers, digests and counts; never a record, a weight, a key or a token. A member that makes them longer
     *     than 7,000 characters is stored by its digest, {@code {"sha256", "characters"}}
     */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void append(String event, ObjectNode details) {
        AuditHead head = em.find(AuditHead.class, AuditHead.ONLY, LockModeType.PESSIMISTIC_WRITE);
        AuditRecord entry = AuditRecord.follow(
                head.sequence() + 1,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                event,
                AuditDetails.bounded(details),
                head.hash());
        head.moveTo(entry);
        em.persist(new AuditEntry(entry));
    }

    /** Appends one event in the caller's transaction. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void append(AuditEvent event) {
        append(event.name(), event.details());
    }

    /** Up to {@code limit} records after a sequence, in order. */
    public List<AuditRecord> after(long sequence, int limit) {
        return em.createQuery(
                        "select e from AuditEntry e where e.sequence > :after order by e.sequence", AuditEntry.class)
                .setParameter("after", sequence)
                .setMaxResults(limit)
                .getResultStream()
                .map(AuditEntry::record)
                .toList();
    }
}
