package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.privacy.ledger.CarriedCharge;
import ai.coreason.enclave.privacy.ledger.Charge;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.KeptHead;
import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.privacy.ledger.LedgerGuard;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.SignerCertificate;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Query;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** The node's tables in a Derby of their own in memory, outside of a server: one transaction a call, as the container has it. */
final class BooksOnDerby implements AutoCloseable {
    static final List<Class<?>> ENTITIES = List.of(
            DatasetAccount.class,
            Charge.class,
            KeptHead.class,
            SignerCertificate.class,
            CarriedCharge.class,
            OutboxEntry.class,
            RoundBase.class);

    private final EntityManagerFactory factory;
    private LedgerGuard guard = new LedgerGuard();

    /** Books of a node that was just started and trusts these authorities. */
    RoundBooks restarted(LedgerTrust trust) {
        guard = new LedgerGuard();
        guard.trust(trust);
        return books();
    }

    /** What the node knows to be wrong. */
    Collection<LedgerFault> faults() {
        return guard.faults();
    }

    /** Changes the tables by hand. */
    void sql(String statement, Object... parameters) {
        try (EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            Query query = em.createNativeQuery(statement);
            for (int i = 0; i < parameters.length; i++) {
                query.setParameter(i + 1, parameters[i]);
            }
            query.executeUpdate();
            em.getTransaction().commit();
        }
    }

    BooksOnDerby() {
        EmbeddedDataSource source = Entities.inMemory();
        NodeTables.upgrade(source);
        factory = Entities.in(source, ENTITIES);
    }

    RoundBooks books() {
        return (RoundBooks) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RoundBooks.class},
                (proxy, method, arguments) -> inTransaction(method, arguments));
    }

    private Object inTransaction(Method method, Object[] arguments) throws Throwable {
        try (EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            try {
                Object result = method.invoke(new DatabaseBooks(em, guard), arguments);
                em.getTransaction().commit();
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
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
