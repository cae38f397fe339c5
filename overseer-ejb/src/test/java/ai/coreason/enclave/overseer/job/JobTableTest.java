package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs of two users in a Derby of their own in memory. */
class JobTableTest {
    private static final String FIRST = "1".repeat(64);
    private static final String MIDDLE = "2".repeat(64);
    private static final String LAST = "3".repeat(64);
    private static final String OTHERS = "4".repeat(64);

    private OverseerDatabase database;
    private EntityManager em;

    @BeforeEach
    void open() {
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        em.persist(job("a1", "ann", LAST));
        em.persist(job("b1", "bob", OTHERS));
        em.flush();
        em.createNativeQuery("insert into job_round (id, job_id, round_number, attempt, round_state, base_digest,"
                        + " model_digest, opened_at, deadline, version) values (1, 'a1', 1, 1, 'CLOSED', '" + FIRST
                        + "', '"
                        + MIDDLE + "', current_timestamp, current_timestamp, 1)")
                .executeUpdate();
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
    }

    private static Job job(String id, String submitter, String model) {
        JobDigests digests = new JobDigests("d".repeat(64), "j".repeat(64), "g".repeat(64));
        Job job = new Job(id, Json.object(), digests, 1, submitter);
        job.admit(model);
        return job;
    }

    private List<String> listed(Viewer viewer) {
        return new JobTable(em)
                .list(viewer, 0, 10).stream().map(Job::id).sorted().toList();
    }

    @Test
    void list_ofAUser_holdsItsOwnAlone() {
        assertThat(listed(Viewer.own("ann"))).containsExactly("a1");
        assertThat(listed(Viewer.own("bob"))).containsExactly("b1");
        assertThat(listed(Viewer.own("eve"))).isEmpty();
        assertThat(listed(new Viewer("eve", true))).containsExactly("a1", "b1");
    }

    @Test
    void find_ofAnotherUser_isAsIfItWereNotThere() {
        JobTable jobs = new JobTable(em);

        assertThat(jobs.find("a1", Viewer.own("ann"))).isPresent();
        assertThat(jobs.find("a1", new Viewer("eve", true))).isPresent();
        assertThat(jobs.find("a1", Viewer.own("bob"))).isEmpty();
        assertThat(jobs.find("a1", Viewer.own("ANN"))).isEmpty();
        assertThat(jobs.find("none", new Viewer("eve", true))).isEmpty();
    }

    @Test
    void holds_modelsOfOwnJobs_fromTheFirstToTheLast() {
        JobTable jobs = new JobTable(em);

        for (String digest : List.of(FIRST, MIDDLE, LAST)) {
            assertThat(jobs.holds("ann", digest)).isTrue();
            assertThat(jobs.holds("bob", digest)).isFalse();
        }
        assertThat(jobs.holds("bob", OTHERS)).isTrue();
        assertThat(jobs.holds("ann", OTHERS)).isFalse();
        assertThat(jobs.holds("ann", "0".repeat(64))).isFalse();
    }
}
