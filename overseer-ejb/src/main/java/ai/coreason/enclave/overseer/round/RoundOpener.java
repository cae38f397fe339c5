package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.Phases;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.FederationJob;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Opens attempts at rounds: takes out nodes that cannot pay or are in quarantine, halts the job when too few are left, hands out the tasks. */
@Stateless
@TransactionAttribute(TransactionAttributeType.MANDATORY)
public class RoundOpener {
    private static final int NONCE_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    /**
     * Opens the next attempt of a job, or halts the job.
     *
     * @return the nodes that have a task now; empty when the job has ended
     */
    public List<String> open(Job job, FederationJob document, long number, long attempt) {
        List<Participation> all = participations(job.id());
        for (Participation p : all) {
            if (p.active()) {
                quarantined(p).ifPresent(why -> leave(job, p, ParticipationState.QUARANTINED, why));
            }
            if (p.active()) {
                cannotPay(p, job).ifPresent(why -> leave(job, p, ParticipationState.LEFT_BUDGET, why));
            }
        }
        List<Participation> active = all.stream().filter(Participation::active).toList();
        if (active.size() < document.minClients()) {
            end(job, all, active.size(), document.minClients());
            return List.of();
        }
        if (job.state() == JobState.ADMITTED) {
            job.moveTo(JobState.RUNNING, "");
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Round round = new Round(job.id(), number, attempt, job.modelDigest(), now, now.plus(document.roundDeadline()));
        em.persist(round);
        active.forEach(p -> em.persist(invitation(round, p.nodeId(), now)));
        return active.stream().map(Participation::nodeId).toList();
    }

    /** A stale node has no part in this attempt; it has in the next if it enrols again before. */
    private Contribution invitation(Round round, String nodeId, Instant now) {
        Contribution c = new Contribution(round, nodeId, nonce());
        nodes.find(nodeId).flatMap(n -> n.unfit(now)).ifPresent(c::miss);
        return c;
    }

    private Optional<String> quarantined(Participation p) {
        return nodes.find(p.nodeId()).filter(n -> !n.trusted()).flatMap(n -> n.unfit(Instant.now()));
    }

    private void leave(Job job, Participation p, ParticipationState as, String why) {
        p.leave(as, why);
        audit.append(
                "node.left",
                Json.object().put("job_id", job.id()).put("node_id", p.nodeId()).put("reason", why));
    }

    private void end(Job job, List<Participation> all, int active, int minimum) {
        boolean budget = all.stream().anyMatch(p -> p.state() == ParticipationState.LEFT_BUDGET);
        String why = active + " of " + all.size() + " nodes can go on, fewer than min_clients " + minimum;
        job.moveTo(budget ? JobState.HALTED_BUDGET : JobState.FAILED, why);
        audit.append(
                budget ? "job.halted" : "job.failed",
                Json.object().put("job_id", job.id()).put("reason", why).put("model_digest", job.modelDigest()));
    }

    private Optional<String> cannotPay(Participation p, Job job) {
        NodePlan plan = p.plan();
        if (plan.phase().isEmpty()) {
            return Optional.empty();
        }
        List<ChargeRow> rows = mirror.rows(p.nodeId(), plan.datasetId());
        List<Phase> charged = Phases.with(rows, r -> r.request().key().jobId().equals(job.id()), plan.phase());
        boolean whole = plan.affordableRounds() >= job.roundsTotal();
        double epsilon = (whole
                        ? PlanAccountant.epsilon(charged, plan.delta())
                        : RdpAccountant.epsilon(charged, plan.delta()))
                .epsilon();
        if (epsilon > plan.limit()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "one more round would take epsilon to %.4f, above the job's %.4f",
                    epsilon,
                    plan.limit()));
        }
        DatasetAccount account = mirror.account(p.nodeId(), plan.datasetId()).orElseThrow();
        if (!account.dataset()
                .filter()
                .admits(account.filterSpent(), plan.phase().get())) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "one more round would exceed the dataset's ceiling of %.4f",
                    account.dataset().ceiling()));
        }
        return Optional.empty();
    }

    private List<Participation> participations(String jobId) {
        return em.createQuery(
                        "select p from Participation p where p.jobId = :job order by p.nodeId", Participation.class)
                .setParameter("job", jobId)
                .getResultList();
    }

    private static String nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }
}
