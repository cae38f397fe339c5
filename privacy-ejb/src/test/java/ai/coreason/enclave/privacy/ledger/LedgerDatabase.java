package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.database.Entities;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Query;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** The ledger's tables in a database outside of a server: an embedded Derby in a folder, or one that a URL names. */
final class LedgerDatabase implements AutoCloseable {
    static final List<Class<?>> ENTITIES =
            List.of(DatasetAccount.class, Charge.class, KeptHead.class, SignerCertificate.class, CarriedCharge.class);

    private final EntityManagerFactory factory;

    /** Opens the Derby of a folder, made if there is none. */
    LedgerDatabase(Path folder) {
        this(made(folder), Entities.DERBY);
    }

    private static String made(Path folder) {
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName(folder.resolve("db").toString());
        source.setCreateDatabase("create");
        makeTables(source);
        return derby(folder);
    }

    /** Makes the ledger's tables as servers do. */
    static void makeTables(DataSource source) {
        LedgerTables.SHARED.upgrade(source);
        LedgerTables.HOLDER.upgrade(source);
    }

    /** Opens a database whose tables are there. */
    LedgerDatabase(String url, String driver) {
        factory = Entities.in(url, driver, ENTITIES);
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
