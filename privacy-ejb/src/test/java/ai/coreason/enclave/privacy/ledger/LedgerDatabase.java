package ai.coreason.enclave.privacy.ledger;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import jakarta.persistence.Query;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.Function;

/** The ledger's tables in a database outside of a server: an embedded Derby in a folder, or one that a URL names. */
final class LedgerDatabase implements AutoCloseable {
    private static final String DERBY = "org.apache.derby.iapi.jdbc.AutoloadedDriver";

    private final EntityManagerFactory factory;

    /** Opens the Derby of a folder, made if there is none. */
    LedgerDatabase(Path folder) {
        this(derby(folder) + ";create=true", DERBY, "create");
    }

    /** Opens a database whose tables are there. */
    LedgerDatabase(String url, String driver) {
        this(url, driver, "none");
    }

    LedgerDatabase(String url, String driver, String schema) {
        factory = new PersistenceConfiguration("ledger-test")
                .provider("org.eclipse.persistence.jpa.PersistenceProvider")
                .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                .managedClass(DatasetAccount.class)
                .managedClass(Charge.class)
                .managedClass(KeptHead.class)
                .managedClass(SignerCertificate.class)
                .managedClass(CarriedCharge.class)
                .property("jakarta.persistence.jdbc.driver", driver)
                .property("jakarta.persistence.jdbc.url", url)
                .property("jakarta.persistence.schema-generation.database.action", schema)
                .property("eclipselink.logging.level", "SEVERE")
                .property("eclipselink.weaving", "false")
                .property("eclipselink.cache.shared.default", "false")
                .createEntityManagerFactory();
    }

    /** The address of a folder's Derby. */
    static String derby(Path folder) {
        return "jdbc:derby:" + folder.resolve("db");
    }

    /** Shuts the Derby of a folder down, so that its files can be copied or opened by another process. */
    static void shutDown(Path folder) {
        try {
            DriverManager.getConnection(derby(folder) + ";shutdown=true").close();
        } catch (SQLException e) {
            if (!"08006".equals(e.getSQLState())) {
                throw new IllegalStateException(e);
            }
        }
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

    /** Changes the tables by hand. */
    void sql(String statement, Object... parameters) {
        inTransaction(em -> {
            Query query = em.createNativeQuery(statement);
            for (int i = 0; i < parameters.length; i++) {
                query.setParameter(i + 1, parameters[i]);
            }
            return query.executeUpdate();
        });
    }

    @Override
    public void close() {
        factory.close();
    }
}
