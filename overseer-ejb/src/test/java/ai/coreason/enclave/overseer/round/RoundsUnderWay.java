package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import jakarta.persistence.EntityManager;
import java.time.Instant;

/** Rows of jobs under way, each with one round that is open and one node that was given a task. */
public final class RoundsUnderWay {
    /** What the node trains with. */
    public static final TrainingPlan PLAN = new TrainingPlan(Mechanism.DP_SGD, 5, 16.0 / 85, 3.0, 1, 16, 0.5);

    public static final String BASE = "0".repeat(64);

    private final EntityManager em;
    private int jobs;

    /** Rows of one database, whose transaction is open. */
    public RoundsUnderWay(EntityManager em) {
        this.em = em;
    }

    /** A job whose first round waits for a node. */
    public ContributionKey add(String jobId, String nodeId) {
        return add(jobId, nodeId, 3);
    }

    /**
     * A job whose first round waits for a node.
     *
     * @param limit the node's epsilon in this job
     */
    public ContributionKey add(String jobId, String nodeId, double limit) {
        jobs++;
        em.createNativeQuery("insert into job (job_id, document, document_digest, job_digest, graph_digest, submitter,"
                        + " job_state, rounds_total, rounds_closed, model_digest, created_at, updated_at, version)"
                        + " values (?, ?, 'd', 'j', 'g', 'ann', 'RUNNING', 1, 0, 'm', current_timestamp,"
                        + " current_timestamp, 1)")
                .setParameter(1, jobId)
                .setParameter(2, SmallJob.document().toString())
                .executeUpdate();
        em.createNativeQuery("insert into participation (id, job_id, node_id, plan_json, participation_state, version)"
                        + " values (?, ?, ?, ?, 'ACTIVE', 1)")
                .setParameter(1, jobs)
                .setParameter(2, jobId)
                .setParameter(3, nodeId)
                .setParameter(4, new NodePlan(nodeId, "heart", 160, PLAN, limit, 1e-3, 1).text())
                .executeUpdate();
        Instant now = Instant.now();
        Round round = new Round(new AttemptKey(jobId, 1, 1), BASE, now, now.plusSeconds(600));
        em.persist(round);
        em.persist(new Contribution(round, nodeId, "A".repeat(43) + "="));
        em.flush();
        return ContributionKey.of(jobId, 1, 1, nodeId);
    }

    /** Takes note of an upload. */
    public void upload(ContributionKey key, String sealedDigest, String envelopeDigest) {
        find(key).upload(new Upload(sealedDigest, envelopeDigest, 1));
        em.flush();
    }

    /** Ends the round without what has not come. */
    public void miss(ContributionKey key) {
        find(key).miss("the round ended first");
        em.flush();
    }

    public Contribution find(ContributionKey key) {
        return new RoundTable(em).contribution(key).orElseThrow();
    }
}
