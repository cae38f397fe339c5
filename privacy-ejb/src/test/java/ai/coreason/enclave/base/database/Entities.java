package ai.coreason.enclave.base.database;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.io.IOException;
import java.net.URL;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** Entities outside of a server. */
public final class Entities {
    /** Derby's driver. */
    public static final String DERBY = "org.apache.derby.iapi.jdbc.AutoloadedDriver";

    private Entities() {}

    /** A Derby of its own in memory. */
    public static EmbeddedDataSource inMemory() {
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName("memory:" + UUID.randomUUID());
        source.setCreateDatabase("create");
        return source;
    }

    /** Entities in a Derby whose tables are there. */
    public static EntityManagerFactory in(EmbeddedDataSource source, List<Class<?>> entities) {
        return in("jdbc:derby:" + source.getDatabaseName(), DERBY, entities, "none");
    }

    /** Entities in a database whose tables are there. */
    public static EntityManagerFactory in(String url, String driver, List<Class<?>> entities) {
        return in(url, driver, entities, "none");
    }

    /** The tables that the entities alone would make, to be compared with those that migrations make. */
    public static SortedSet<String> ownTables(DataSource source, String url, String driver, List<Class<?>> entities)
            throws SQLException {
        try (EntityManagerFactory factory = in(url, driver, entities, "create")) {
            factory.createEntityManager().close();
            return SchemaOf.tables(source);
        }
    }

    private static EntityManagerFactory in(String url, String driver, List<Class<?>> entities, String action) {
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(new WithoutPersistenceXml(usual));
        try {
            PersistenceConfiguration unit = new PersistenceConfiguration("test-" + UUID.randomUUID())
                    .provider("org.eclipse.persistence.jpa.PersistenceProvider")
                    .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                    .property("jakarta.persistence.jdbc.driver", driver)
                    .property("jakarta.persistence.jdbc.url", url)
                    .property("jakarta.persistence.schema-generation.database.action", action)
                    .property("eclipselink.logging.level", "SEVERE")
                    .property("eclipselink.weaving", "false")
                    .property("eclipselink.cache.shared.default", "false");
            entities.forEach(unit::managedClass);
            return unit.createEntityManagerFactory();
        } finally {
            thread.setContextClassLoader(usual);
        }
    }

    /** Hides a server's persistence unit, whose data source there is only in a server. */
    private static final class WithoutPersistenceXml extends ClassLoader {
        WithoutPersistenceXml(ClassLoader parent) {
            super(parent);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return name.equals("META-INF/persistence.xml") ? Collections.emptyEnumeration() : super.getResources(name);
        }
    }
}
