package ai.coreason.enclave.overseer.job;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.Optional;

/** Looks up jobs for those who may see them. */
final class JobTable {
    private final EntityManager em;

    JobTable(EntityManager em) {
        this.em = em;
    }

    /** A job by its id; empty too where it is there and the viewer does not see it. */
    Optional<Job> find(String jobId, Viewer viewer) {
        return Optional.ofNullable(em.find(Job.class, jobId)).filter(viewer::sees);
    }

    /** The jobs that a viewer sees, newest first. */
    List<Job> list(Viewer viewer, int first, int count) {
        String whose = viewer.everything() ? "" : " where j.submitter = :owner";
        TypedQuery<Job> query =
                em.createQuery("select j from Job j" + whose + " order by j.createdAt desc, j.id", Job.class);
        if (!viewer.everything()) {
            query.setParameter("owner", viewer.subject());
        }
        return query.setFirstResult(first).setMaxResults(count).getResultList();
    }

    /** Whether a model is, or at the start or end of a round was, that of a job that the user submitted. */
    boolean holds(String subject, String digest) {
        return found("select j.id from Job j where j.submitter = :owner and j.modelDigest = :digest", subject, digest)
                || found(
                        "select j.id from Job j, Round r where r.jobId = j.id and j.submitter = :owner"
                                + " and (r.modelDigest = :digest or r.baseDigest = :digest)",
                        subject,
                        digest);
    }

    private boolean found(String query, String subject, String digest) {
        return !em.createQuery(query, String.class)
                .setParameter("owner", subject)
                .setParameter("digest", digest)
                .setMaxResults(1)
                .getResultList()
                .isEmpty();
    }
}
