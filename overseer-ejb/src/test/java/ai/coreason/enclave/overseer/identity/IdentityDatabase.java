package ai.coreason.enclave.overseer.identity;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.UUID;
import java.util.function.Function;

/** The tables of identity in a Derby of their own in memory, outside of a server. */
final class IdentityDatabase implements AutoCloseable {
    private final EntityManagerFactory factory;

    IdentityDatabase() {
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(new WithoutPersistenceXml(usual));
        try {
            factory = new PersistenceConfiguration("identity-test")
                    .provider("org.eclipse.persistence.jpa.PersistenceProvider")
                    .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                    .managedClass(EnrolledNode.class)
                    .managedClass(EnrolmentSecret.class)
                    .managedClass(TrustPolicyVersion.class)
                    .managedClass(UsedQuote.class)
                    .property("jakarta.persistence.jdbc.driver", "org.apache.derby.iapi.jdbc.AutoloadedDriver")
                    .property("jakarta.persistence.jdbc.url", "jdbc:derby:memory:" + UUID.randomUUID() + ";create=true")
                    .property("jakarta.persistence.schema-generation.database.action", "create")
                    .property("eclipselink.logging.level", "SEVERE")
                    .property("eclipselink.weaving", "false")
                    .property("eclipselink.cache.shared.default", "false")
                    .createEntityManagerFactory();
        } finally {
            thread.setContextClassLoader(usual);
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

    @Override
    public void close() {
        factory.close();
    }

    /** Hides the server's persistence unit, whose data source there is only in a server. */
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
