package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.job.JobState;
import jakarta.persistence.EntityManager;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FederationCountsTest {
    @Test
    void counts_ofAFederation_nameEveryState() {
        try (OverseerDatabase database = new OverseerDatabase();
                EntityManager em = database.entityManager()) {
            FederationCounts counts = new FederationCounts(em);
            assertThat(counts.jobs())
                    .containsOnlyKeys(JobState.values())
                    .allSatisfy((s, n) -> assertThat(n).isZero());
            em.getTransaction().begin();
            em.createNativeQuery(
                            "insert into job (job_id, document, document_digest, job_digest, graph_digest, submitter,"
                                    + " job_state, rounds_total, rounds_closed, model_digest, created_at, updated_at, version)"
                                    + " values ('a', '{}', 'd', 'j', 'g', 'ann', 'RUNNING', 1, 0, 'm', current_timestamp,"
                                    + " current_timestamp, 1)")
                    .executeUpdate();
            em.createNativeQuery("insert into job_round (id, job_id, round_number, attempt, round_state, base_digest,"
                            + " opened_at, deadline, version) values (1, 'a', 1, 1, 'OPEN', 'b', current_timestamp,"
                            + " current_timestamp, 1)")
                    .executeUpdate();

            assertThat(counts.jobs()).containsEntry(JobState.RUNNING, 1L).containsEntry(JobState.COMPLETED, 0L);
            assertThat(counts.rounds()).containsEntry(RoundState.OPEN, 1L).containsOnlyKeys(RoundState.values());
            assertThat(counts.contributions()).containsOnlyKeys(ContributionState.values());
            assertThat(counts.nodes()).isEqualTo(Map.of(true, 0L, false, 0L));
            em.getTransaction().rollback();
        }
    }
}
