package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.function.Function;

/** An Overseer's tables outside of a server, and what keeps identities in them. */
public final class IdentityDatabase implements AutoCloseable {
    private final OverseerDatabase database = new OverseerDatabase();

    /** A registry that tells nobody of quarantines. */
    public static NodeRegistry registry(EntityManager em) {
        return new NodeRegistry(
                em,
                new Silent<>(),
                stops(em, List.of()),
                new EnrolmentNonces(StartSecret.of("a secret that nobody else would guess")));
    }

    /**
     * Stop orders that tell nobody.
     *
     * @param events where the names of their audit records go; read alone where it cannot be changed
     */
    static StopOrders stops(EntityManager em, List<String> events) {
        return new StopOrders(em, audit(events), new Silent<>());
    }

    /** An audit log that notes the names of events alone. */
    static AuditLog audit(List<String> events) {
        return new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                events.add(event);
            }
        };
    }

    public <T> T inTransaction(Function<EntityManager, T> work) {
        try (EntityManager em = database.entityManager()) {
            em.getTransaction().begin();
            try {
                T result = work.apply(em);
                em.getTransaction().commit();
                return result;
            } finally {
                if (em.getTransaction().isActive()) {
                    em.getTransaction().rollback();
                }
            }
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
