package ai.coreason.enclave.overseer.identity;

import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.NotificationOptions;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    /** A registry that tells nobody of quarantines. */
    static NodeRegistry registry(EntityManager em) {
        return new NodeRegistry(em, new Silent());
    }

    /** An event that nobody hears. */
    private static final class Silent implements Event<NodeQuarantined> {
        @Override
        public void fire(NodeQuarantined event) {}

        @Override
        public <U extends NodeQuarantined> CompletionStage<U> fireAsync(U event) {
            return CompletableFuture.completedFuture(event);
        }

        @Override
        public <U extends NodeQuarantined> CompletionStage<U> fireAsync(U event, NotificationOptions options) {
            return CompletableFuture.completedFuture(event);
        }

        @Override
        public Event<NodeQuarantined> select(Annotation... qualifiers) {
            return this;
        }

        @Override
        public <U extends NodeQuarantined> Event<U> select(Class<U> subtype, Annotation... qualifiers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <U extends NodeQuarantined> Event<U> select(TypeLiteral<U> subtype, Annotation... qualifiers) {
            throw new UnsupportedOperationException();
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
