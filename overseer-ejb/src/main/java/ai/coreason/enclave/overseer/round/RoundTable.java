package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;

/** Looks up rounds and contributions. */
@Stateless
public class RoundTable {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** For the container. */
    public RoundTable() {}

    /** Rounds outside of a server. */
    RoundTable(EntityManager em) {
        this.em = em;
    }

    /** All attempts of a job, in order. */
    public List<Round> rounds(String jobId) {
        return em.createQuery("select r from Round r where r.jobId = :job order by r.number, r.attempt", Round.class)
                .setParameter("job", jobId)
                .getResultList();
    }

    /** The last attempt of a round. */
    public Optional<Round> last(String jobId, long number) {
        return em.createQuery(
                        "select r from Round r where r.jobId = :job and r.number = :number order by r.attempt desc",
                        Round.class)
                .setParameter("job", jobId)
                .setParameter("number", number)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    /** The contributions to one attempt, by node id. */
    public List<Contribution> contributions(Round round) {
        return em.createQuery(
                        "select c from Contribution c where c.jobId = :job and c.round = :round and c.attempt = :attempt"
                                + " order by c.nodeId",
                        Contribution.class)
                .setParameter("job", round.jobId())
                .setParameter("round", round.number())
                .setParameter("attempt", round.attempt())
                .getResultList();
    }

    /** A node's contribution to one attempt. */
    public Optional<Contribution> contribution(Round round, String nodeId) {
        return contributions(round).stream()
                .filter(c -> c.nodeId().equals(nodeId))
                .findFirst();
    }

    /**
     * A node's contribution to one attempt, locked until the transaction ends, and its job before it. Whoever moves a job's rounds locks
     * the job first and then looks at its contributions, so nobody may come to them the other way round. Who needs those of several
     * jobs asks for them in the order of the jobs' ids.
     */
    public Optional<Contribution> lockedContribution(ContributionKey key) {
        return em.find(Job.class, key.jobId(), LockModeType.PESSIMISTIC_WRITE) == null
                ? Optional.empty()
                : contribution(key, LockModeType.PESSIMISTIC_WRITE);
    }

    /** A node's contribution to one attempt. */
    public Optional<Contribution> contribution(ContributionKey key) {
        return contribution(key, LockModeType.NONE);
    }

    private Optional<Contribution> contribution(ContributionKey key, LockModeType lock) {
        return em.createQuery(
                        "select c from Contribution c where c.jobId = :job and c.round = :round and c.attempt = :attempt"
                                + " and c.nodeId = :node",
                        Contribution.class)
                .setParameter("job", key.jobId())
                .setParameter("round", key.round())
                .setParameter("attempt", key.attempt().attempt())
                .setParameter("node", key.nodeId())
                .setLockMode(lock)
                .getResultStream()
                .findFirst();
    }

    /** A node's contributions to attempts that are open, whatever came of them. */
    public List<Contribution> inOpenRounds(String nodeId) {
        return em.createQuery(
                        "select c from Contribution c, Round r where c.nodeId = :node and r.jobId = c.jobId"
                                + " and r.number = c.round and r.attempt = c.attempt and r.state = :open order by c.id",
                        Contribution.class)
                .setParameter("node", nodeId)
                .setParameter("open", RoundState.OPEN)
                .getResultList();
    }

    /** The contributions that wait for a node, oldest first. */
    public List<Contribution> invitations(String nodeId) {
        return em.createQuery(
                        "select c from Contribution c where c.nodeId = :node and c.state = :state order by c.id",
                        Contribution.class)
                .setParameter("node", nodeId)
                .setParameter("state", ContributionState.INVITED)
                .getResultList();
    }
}
