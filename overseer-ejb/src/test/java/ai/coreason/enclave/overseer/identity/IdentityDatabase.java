package ai.coreason.enclave.overseer.identity;

import ai.coreason.enclave.base.database.Entities;
import ai.coreason.enclave.base.database.Tables;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.NotificationOptions;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** The tables of identity in a Derby of their own in memory, outside of a server. */
final class IdentityDatabase implements AutoCloseable {
    private static final List<Class<?>> ENTITIES = List.of(
            EnrolledNode.class, EnrolmentSecret.class, SiteDictionary.class, TrustPolicyVersion.class, UsedQuote.class);

    private final EntityManagerFactory factory;

    IdentityDatabase() {
        EmbeddedDataSource source = Entities.inMemory();
        new Tables("overseer", "job").upgrade(source);
        factory = Entities.in(source, ENTITIES);
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
}
