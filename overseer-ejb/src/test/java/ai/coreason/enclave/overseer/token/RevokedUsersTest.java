package ai.coreason.enclave.overseer.token;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.stop.Silent;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RevokedUsersTest {
    private static final String SUB = "auth0|5f7c/8a";

    private final List<String> events = new ArrayList<>();
    private OverseerDatabase database;
    private EntityManager em;
    private StopOrders stops;
    private RevokedUsers users;

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        AuditLog audit = new AuditLog() {
            @Override
            public void append(String event, ObjectNode details) {
                events.add(event + " " + details.path("subject").asText());
            }
        };
        stops = new StopOrders(em, audit, new Silent<>());
        users = new RevokedUsers(stops);
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    @Test
    void revoked_tokenIssuedBefore_isRefusedAndOneIssuedAfterwardsIsNot() {
        Instant before = Instant.now().minusSeconds(1);
        assertThat(users.revoked(SUB, before)).isFalse();

        stops.stop(StopOrder.Kind.USER, SUB, "operator");

        assertThat(users.revoked(SUB, before)).isTrue();
        assertThat(users.revoked(SUB, Instant.MIN)).isTrue();
        assertThat(users.revoked(SUB, Instant.now().plus(TokenClaims.SKEW).plusSeconds(1)))
                .isFalse();
        assertThat(users.revoked("another", before)).isFalse();
        assertThat(events).containsExactly("user.revoked " + SUB);
    }

    @Test
    void revoked_tokenOfBeforeByAClockThatIsAhead_isRefused() {
        Instant ahead = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(TokenClaims.SKEW);

        stops.stop(StopOrder.Kind.USER, SUB, "operator");

        assertThat(users.revoked(SUB, ahead)).isTrue();
    }

    @Test
    void revoked_againLater_countsFromTheLaterTime() {
        stops.stop(StopOrder.Kind.USER, SUB, "operator");
        em.flush();
        em.createQuery("update StopOrder o set o.at = :then")
                .setParameter("then", Instant.now().minusSeconds(3600))
                .executeUpdate();
        em.clear();
        Instant between = Instant.now().minusSeconds(60);
        assertThat(users.revoked(SUB, between)).isFalse();

        stops.stop(StopOrder.Kind.USER, SUB, "operator");

        assertThat(users.revoked(SUB, between)).isTrue();
    }

    @Test
    void revoked_subjectLongerThanAnyThatCanBeRevoked_isNot() {
        assertThat(users.revoked("x".repeat(StopOrder.SUBJECT_LENGTH + 1), Instant.MIN))
                .isFalse();
    }
}
