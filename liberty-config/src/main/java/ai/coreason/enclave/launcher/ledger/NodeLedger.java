package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.base.Reason;
import ai.coreason.enclave.base.database.Tables;
import ai.coreason.enclave.privacy.ledger.CarriedCharge;
import ai.coreason.enclave.privacy.ledger.Charge;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.KeptHead;
import ai.coreason.enclave.privacy.ledger.LedgerTables;
import ai.coreason.enclave.privacy.ledger.SignerCertificate;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.Function;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** The ledger in the Derby database of a node that does not run. Not thread-safe. */
final class NodeLedger implements AutoCloseable {
    private static final String SHUT_DOWN = "08006";

    private final String url;
    private final EntityManagerFactory factory;

    /**
     * Opens the database of a folder and brings its tables to this version; it must be there, and no other process may have
     * it open.
     *
     * @throws IOException if that cannot be done
     */
    NodeLedger(Path database) throws IOException {
        url = "jdbc:derby:" + database;
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName(database.toString());
        try {
            LedgerTables.SHARED.upgrade(source);
            LedgerTables.HOLDER.upgrade(source);
        } catch (Tables.Unusable e) {
            throw unusable(e);
        }
        factory = new PersistenceConfiguration("node-ledger")
                .provider("org.eclipse.persistence.jpa.PersistenceProvider")
                .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                .managedClass(DatasetAccount.class)
                .managedClass(Charge.class)
                .managedClass(KeptHead.class)
                .managedClass(SignerCertificate.class)
                .managedClass(CarriedCharge.class)
                .property("jakarta.persistence.jdbc.driver", "org.apache.derby.iapi.jdbc.AutoloadedDriver")
                .property("jakarta.persistence.jdbc.url", url)
                .property("eclipselink.logging.level", "OFF")
                .property("eclipselink.weaving", "false")
                .property("eclipselink.cache.shared.default", "false")
                .createEntityManagerFactory();
    }

    /**
     * Runs work in one transaction.
     *
     * @throws IOException if the database cannot be opened
     */
    <T> T inTransaction(Function<EntityManager, T> work) throws IOException {
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
        } catch (PersistenceException e) {
            throw unusable(e);
        }
    }

    private static IOException unusable(RuntimeException e) {
        return new IOException(
                "--state: expected the database of a stopped node, got one that cannot be used: " + Reason.of(e), e);
    }

    @Override
    public void close() throws IOException {
        factory.close();
        try {
            DriverManager.getConnection(url + ";shutdown=true").close();
        } catch (SQLException e) {
            if (!SHUT_DOWN.equals(e.getSQLState())) {
                throw new IOException("the node's database did not shut down: " + e.getMessage(), e);
            }
        }
    }
}
