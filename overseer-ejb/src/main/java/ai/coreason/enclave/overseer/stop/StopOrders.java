package ai.coreason.enclave.overseer.stop;

import ai.coreason.enclave.overseer.stop.StopOrder.Kind;
import ai.coreason.enclave.sentry.audit.AuditLog;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The orders that stand. Whoever lets something happen asks here first, in the database and not in memory, so that an order
 * counts from the next call on. To give or to lift an order a second time changes nothing and is not told to the audit log again;
 * only that of a user moves on, as it names the time before which tokens do not count.
 */
@Stateless
public class StopOrders {
    private static final String ALL = "all";

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private AuditLog audit;

    @Inject
    private Event<StopChanged> changed;

    /** For the container. */
    public StopOrders() {}

    /** Orders outside of a server. */
    public StopOrders(EntityManager em, AuditLog audit, Event<StopChanged> changed) {
        this.em = em;
        this.audit = audit;
        this.changed = changed;
    }

    /** Stops one thing. */
    public void stop(Kind kind, String subject, String by) {
        StopOrder known = em.find(StopOrder.class, StopOrder.key(kind, subject), LockModeType.PESSIMISTIC_WRITE);
        if (known != null && kind != Kind.USER) {
            return;
        }
        StopOrder order = known == null ? new StopOrder(kind, subject) : known;
        order.give(by);
        if (known == null) {
            em.persist(order);
        }
        tell(new StopEvent(kind, subject, true, by));
    }

    /** Lets one thing go on. */
    public void lift(Kind kind, String subject, String by) {
        StopOrder order = em.find(StopOrder.class, StopOrder.key(kind, subject), LockModeType.PESSIMISTIC_WRITE);
        if (order != null) {
            em.remove(order);
            tell(new StopEvent(kind, subject, false, by));
        }
    }

    /** Stops the federation as a whole. */
    public void freezeFederation(String by) {
        stop(Kind.FEDERATION, ALL, by);
    }

    /** Lets the federation go on; what else is stopped stays so. */
    public void thawFederation(String by) {
        lift(Kind.FEDERATION, ALL, by);
    }

    /** Whether the federation as a whole is stopped. */
    public boolean frozen() {
        return stands(Kind.FEDERATION, ALL);
    }

    /** Whether a job must not move: it, or the federation, is stopped. */
    public boolean frozen(String jobId) {
        return frozen() || stands(Kind.JOB, jobId);
    }

    /** Whether one thing is stopped by itself. */
    public boolean stands(Kind kind, String subject) {
        return find(kind, subject).isPresent();
    }

    /** Since when one thing is stopped; empty if it is not. */
    public Optional<Instant> since(Kind kind, String subject) {
        return find(kind, subject).map(StopOrder::at);
    }

    /** All orders, by kind and subject. */
    public List<StopOrder> all() {
        return em.createQuery("select o from StopOrder o order by o.key", StopOrder.class)
                .getResultList();
    }

    private Optional<StopOrder> find(Kind kind, String subject) {
        return Optional.ofNullable(em.find(StopOrder.class, StopOrder.key(kind, subject)));
    }

    private void tell(StopEvent event) {
        audit.append(event);
        changed.fire(new StopChanged(event.kind(), event.subject()));
    }
}
