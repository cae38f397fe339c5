package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.base.database.Tables;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.trust.TrustPolicyVersion;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.privacy.ledger.Charge;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerTables;
import ai.coreason.enclave.privacy.ledger.SignerCertificate;
import ai.coreason.enclave.sentry.audit.AuditEntry;
import ai.coreason.enclave.sentry.audit.AuditHead;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.function.Function;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** The tables of identity in a Derby of their own in memory, outside of a server. */
public final class IdentityDatabase implements AutoCloseable {
    private static final List<Class<?>> ENTITIES = List.of(
            EnrolledNode.class,
            EnrolmentSecret.class,
            SiteDictionary.class,
            TrustPolicyVersion.class,
            UsedQuote.class,
            StopOrder.class,
            DatasetAccount.class,
            Charge.class,
            SignerCertificate.class,
            AuditHead.class,
            AuditEntry.class);

    private final EntityManagerFactory factory;

    public IdentityDatabase() {
        EmbeddedDataSource source = Entities.inMemory();
        LedgerTables.SHARED.upgrade(source);
        new Tables("overseer", "job").upgrade(source);
        AuditLog.TABLES.upgrade(source);
        factory = Entities.in(source, ENTITIES);
    }

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
        try (EntityManager em = factory.createEntityManager()) {
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
        factory.close();
    }
}
