package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.JobState;
import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many jobs, rounds, updates and nodes there are, by state. Each call is one transaction. */
@Stateless
public class FederationCounts {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** For the container. */
    public FederationCounts() {}

    /** Counts outside of a server. */
    FederationCounts(EntityManager em) {
        this.em = em;
    }

    /** Jobs; each state is there, with 0 where no job is in it. */
    public Map<JobState, Long> jobs() {
        return byState("Job", JobState.class);
    }

    /** Attempts at rounds. */
    public Map<RoundState, Long> rounds() {
        return byState("Round", RoundState.class);
    }

    /** Contributions of nodes to rounds, invited ones too. */
    public Map<ContributionState, Long> contributions() {
        return byState("Contribution", ContributionState.class);
    }

    /** Nodes that are enrolled, by whether they are trusted; both are there. */
    public Map<Boolean, Long> nodes() {
        long trusted = count("select count(n) from EnrolledNode n where n.trusted = true");
        return Map.of(true, trusted, false, count("select count(n) from EnrolledNode n") - trusted);
    }

    private long count(String query) {
        return em.createQuery(query, Long.class).getSingleResult();
    }

    private <S extends Enum<S>> Map<S, Long> byState(String entity, Class<S> states) {
        Map<S, Long> out = new EnumMap<>(states);
        for (S state : states.getEnumConstants()) {
            out.put(state, 0L);
        }
        List<Object[]> rows = em.createQuery(
                        "select e.state, count(e) from " + entity + " e group by e.state", Object[].class)
                .getResultList();
        rows.forEach(row -> out.put(states.cast(row[0]), (Long) row[1]));
        return out;
    }
}
