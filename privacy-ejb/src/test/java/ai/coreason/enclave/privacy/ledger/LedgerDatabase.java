package ai.coreason.enclave.privacy.ledger;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.nio.file.Path;
import java.util.function.Function;

/** The ledger's tables in an embedded Derby of its own, outside of a server. */
final class LedgerDatabase implements AutoCloseable {
    private final EntityManagerFactory factory;

    LedgerDatabase(Path folder) {
        factory = new PersistenceConfiguration("ledger-test")
                .provider("org.eclipse.persistence.jpa.PersistenceProvider")
                .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                .managedClass(DatasetAccount.class)
                .managedClass(Charge.class)
                .property("jakarta.persistence.jdbc.driver", "org.apache.derby.iapi.jdbc.AutoloadedDriver")
                .property("jakarta.persistence.jdbc.url", "jdbc:derby:" + folder.resolve("db") + ";create=true")
                .property("jakarta.persistence.schema-generation.database.action", "create")
                .property("eclipselink.logging.level", "SEVERE")
                .property("eclipselink.weaving", "false")
                .property("eclipselink.cache.shared.default", "false")
                .createEntityManagerFactory();
    }

    <T> T inTransaction(Function<EntityManager, T> work) {
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
