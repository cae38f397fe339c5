package ai.coreason.enclave.overseer.retention;

import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.ContributionState;
import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the tables say of things that may be destroyed. Each call is one transaction. */
@Stateless
public class RetentionRecords {
    private static final List<JobState> OPEN = List.of(JobState.SUBMITTED, JobState.ADMITTED, JobState.RUNNING);

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** For the container. */
    public RetentionRecords() {}

    /** Records outside of a server. */
    RetentionRecords(EntityManager em) {
        this.em = em;
    }

    /** The contribution that an envelope in the vault belongs to. */
    public Optional<Contribution> contribution(String envelopeDigest) {
        return em.createQuery("select c from Contribution c where c.envelopeDigest = :digest", Contribution.class)
                .setParameter("digest", envelopeDigest)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    /** A job. */
    public Optional<Job> job(String jobId) {
        return Optional.ofNullable(em.find(Job.class, jobId));
    }

    /** Whether a job is over: it has ended, and no update of it waits to be judged. */
    public boolean over(String jobId) {
        return job(jobId).filter(j -> j.state().ended()).isPresent()
                && em.createQuery(
                                        "select count(c) from Contribution c where c.jobId = :job and c.state = :state",
                                        Long.class)
                                .setParameter("job", jobId)
                                .setParameter("state", ContributionState.UPLOADED)
                                .getSingleResult()
                        == 0;
    }

    /** The jobs that are not over. */
    public List<String> open() {
        return em.createQuery("select j.id from Job j where j.state in :open", String.class)
                .setParameter("open", OPEN)
                .getResultList();
    }

    /** Whether a model is the last of a job, or a round of a job that has not ended starts from it. */
    public boolean modelNeeded(String digest) {
        return em.createQuery("select count(j) from Job j where j.modelDigest = :digest", Long.class)
                                .setParameter("digest", digest)
                                .getSingleResult()
                        > 0
                || em.createQuery(
                                        "select count(r) from Round r, Job j where r.baseDigest = :digest and j.id = r.jobId"
                                                + " and j.state in :open",
                                        Long.class)
                                .setParameter("digest", digest)
                                .setParameter("open", OPEN)
                                .getSingleResult()
                        > 0;
    }

    /** Forgets secrets of enrolment and quotes that can no longer be used. */
    public int forget(Instant secretsBefore, Instant quotesBefore) {
        return em.createQuery("delete from EnrolmentSecret s where s.expiresAt < :before")
                        .setParameter("before", secretsBefore)
                        .executeUpdate()
                + em.createQuery("delete from UsedQuote q where q.usedAt < :before")
                        .setParameter("before", quotesBefore)
                        .executeUpdate();
    }
}
