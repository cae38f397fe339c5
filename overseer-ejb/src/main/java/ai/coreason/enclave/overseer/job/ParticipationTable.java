package ai.coreason.enclave.overseer.job;

import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;

/** Looks up which nodes take part in which jobs. */
@Stateless
public class ParticipationTable {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** For the container. */
    public ParticipationTable() {}

    /** Participations outside of a server. */
    public ParticipationTable(EntityManager em) {
        this.em = em;
    }

    /** The participations of a job by node id. */
    public List<Participation> of(String jobId) {
        return em.createQuery(
                        "select p from Participation p where p.jobId = :job order by p.nodeId", Participation.class)
                .setParameter("job", jobId)
                .getResultList();
    }

    /** A node's participation in a job; the node must be one of its clients. */
    public Participation of(String jobId, String nodeId) {
        return em.createQuery(
                        "select p from Participation p where p.jobId = :job and p.nodeId = :node", Participation.class)
                .setParameter("job", jobId)
                .setParameter("node", nodeId)
                .getSingleResult();
    }
}
