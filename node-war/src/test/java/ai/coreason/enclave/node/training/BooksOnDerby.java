package ai.coreason.enclave.node.training;

import ai.coreason.enclave.privacy.ledger.Charge;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.UUID;

/** The node's tables in a Derby of their own in memory, outside of a server: one transaction a call, as the container has it. */
final class BooksOnDerby implements AutoCloseable {
    private final EntityManagerFactory factory;

    BooksOnDerby() {
        factory = new PersistenceConfiguration("node-test")
                .provider("org.eclipse.persistence.jpa.PersistenceProvider")
                .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                .managedClass(DatasetAccount.class)
                .managedClass(Charge.class)
                .managedClass(OutboxEntry.class)
                .managedClass(RoundBase.class)
                .property("jakarta.persistence.jdbc.driver", "org.apache.derby.iapi.jdbc.AutoloadedDriver")
                .property("jakarta.persistence.jdbc.url", "jdbc:derby:memory:" + UUID.randomUUID() + ";create=true")
                .property("jakarta.persistence.schema-generation.database.action", "create")
                .property("eclipselink.logging.level", "SEVERE")
                .property("eclipselink.weaving", "false")
                .property("eclipselink.cache.shared.default", "false")
                .createEntityManagerFactory();
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
                Object result = method.invoke(new DatabaseBooks(em), arguments);
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
