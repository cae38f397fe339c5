package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobEvent;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.overseer.job.ParticipationTable;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.audit.AuditEvent;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Opens attempts at rounds: takes out nodes that cannot pay or are in quarantine, halts the job when too few are left, hands out the tasks. */
@Stateless
@TransactionAttribute(TransactionAttributeType.MANDATORY)
public class RoundOpener {
    private static final int SHOWN = 3;

    private static final int NONCE_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private ParticipationTable participations;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    /** For the container. */
    public RoundOpener() {}

    /** An opener outside of a server. */
    RoundOpener(EntityManager em, NodeRegistry nodes, LedgerMirror mirror, AuditLog audit) {
        this.em = em;
        this.participations = new ParticipationTable(em);
        this.nodes = nodes;
        this.mirror = mirror;
        this.audit = audit;
    }

    /**
     * Opens the next attempt of a job, or halts the job. Figures are computed and rows are written before the audit log is locked, for
     * which everybody else may be waiting.
     *
     * @param next which attempt that is, of this job
     * @param before what the audit log is to be told first, of what the caller has done in this transaction
     * @return the nodes that have a task now; empty when the job has ended
     */
    public List<String> open(Job job, FederationJob document, AttemptKey next, List<? extends AuditEvent> before) {
        List<AuditEvent> events = new ArrayList<>(before);
        List<String> invited = open(job, document, next, events::add);
        em.flush();
        events.forEach(audit::append);
        return invited;
    }

    private List<String> open(Job job, FederationJob document, AttemptKey next, Consumer<AuditEvent> events) {
        List<Participation> all = participations.of(job.id());
        for (Participation p : all) {
            if (p.active()) {
                quarantined(p).ifPresent(why -> events.accept(leave(job, p, ParticipationState.QUARANTINED, why)));
            }
            if (p.active()) {
                cannotPay(p, job).ifPresent(why -> events.accept(leave(job, p, ParticipationState.LEFT_BUDGET, why)));
            }
        }
        Opening opening = Opening.of(all.stream().map(Participation::state).toList(), document.minClients());
        if (opening instanceof Opening.End end) {
            String why = end.why() + whoLeft(all);
            job.moveTo(end.as(), why);
            events.accept(new JobEvent.Ended(job.id(), end.as(), why, Optional.of(job.modelDigest())));
            return List.of();
        }
        List<Participation> active = all.stream().filter(Participation::active).toList();
        if (job.state() == JobState.ADMITTED) {
            job.moveTo(JobState.RUNNING, "");
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Round round = new Round(next, job.modelDigest(), now, now.plus(document.roundDeadline()));
        em.persist(round);
        active.forEach(p -> em.persist(invitation(round, p.nodeId(), now)));
        return active.stream().map(Participation::nodeId).toList();
    }

    /** The reasons of those that cannot go on, so that nobody has to look for them in the rounds. */
    private static String whoLeft(List<Participation> all) {
        List<String> reasons = all.stream()
                .filter(p -> !p.active())
                .map(p -> p.nodeId() + ": " + p.reason().orElse(p.state().name()))
                .toList();
        String more = reasons.size() > SHOWN ? "; and " + (reasons.size() - SHOWN) + " more" : "";
        return reasons.isEmpty()
                ? ""
                : " (" + reasons.stream().limit(SHOWN).collect(Collectors.joining("; ")) + more + ")";
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

    private static JobEvent leave(Job job, Participation p, ParticipationState as, String why) {
        p.leave(as, why);
        return new JobEvent.NodeLeft(job.id(), p.nodeId(), why);
    }

    private Optional<String> cannotPay(Participation p, Job job) {
        NodePlan plan = p.plan();
        if (plan.phase().isEmpty()) {
            return Optional.empty();
        }
        DatasetAccount account = mirror.account(p.nodeId(), plan.datasetId()).orElseThrow();
        return new Affordability(job.id(), job.roundsTotal())
                .objection(plan, mirror.rows(p.nodeId(), plan.datasetId()), account.dataset(), account.filterSpent());
    }

    private static String nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }
}
