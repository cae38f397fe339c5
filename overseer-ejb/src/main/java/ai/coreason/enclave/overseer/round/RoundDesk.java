package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.enrolment.NodeQuarantined;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.job.JobEvent;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.overseer.job.ParticipationTable;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.SealingKey;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What nodes do in a round: fetch their task, hand in their update, or decline. Each call is one transaction. Rows are locked job by
 * job in the order of their ids, each job before its contributions; the audit log comes last.
 */
@Stateless
public class RoundDesk {
    private static final Logger LOG = System.getLogger(RoundDesk.class.getName());

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private RoundTable table;

    @Inject
    private ParticipationTable participations;

    @Inject
    private SealingKeys keys;

    @Inject
    private JobDocuments documents;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    @Inject
    private StopOrders stops;

    @Inject
    private Event<RoundMoved> moved;

    /** For the container. */
    public RoundDesk() {}

    /** A desk outside of a server. */
    public RoundDesk(
            EntityManager em,
            SealingKeys keys,
            JobDocuments documents,
            AuditLog audit,
            StopOrders stops,
            Event<RoundMoved> moved) {
        this.em = em;
        this.table = new RoundTable(em);
        this.participations = new ParticipationTable(em);
        this.mirror = new LedgerMirror(em);
        this.keys = keys;
        this.documents = documents;
        this.audit = audit;
        this.stops = stops;
        this.moved = moved;
    }

    /**
     * The oldest task that waits for a node in a round that is still open, of a job that is not frozen and whose sealing key
     * opens; one whose key is lost ends with the next step of its rounds.
     */
    public Optional<RoundTask> task(String nodeId) {
        if (stops.frozen()) {
            return Optional.empty();
        }
        for (Contribution c : table.invitations(nodeId)) {
            Round round = table.last(c.jobId(), c.round()).orElseThrow();
            Job job = em.find(Job.class, c.jobId());
            if (c.taskIsOpen(round, job.state(), Instant.now())
                    && !stops.stands(StopOrder.Kind.JOB, job.id())
                    && sealable(job.id())) {
                return Optional.of(task(job, round, c));
            }
        }
        return Optional.empty();
    }

    private boolean sealable(String jobId) {
        try {
            keys.pair(jobId);
            return true;
        } catch (SealingKeys.Lost | UncheckedIOException e) {
            LOG.log(Level.WARNING, "task.no-sealing-key job=" + jobId + " why=" + e.getMessage());
            return false;
        }
    }

    private RoundTask task(Job job, Round round, Contribution c) {
        FederationJob document = documents.of(job);
        Participation participation = participations.of(job.id(), c.nodeId());
        return new RoundTask(
                c.key().attempt(),
                Base64.getDecoder().decode(c.nonce()),
                round.baseDigest(),
                participation.plan().training(),
                round.deadline(),
                document,
                new SealingKey(keys.pair(job.id()).publicKey()));
    }

    /** The digest of the model that a node may fetch for a round: the base of its last attempt. */
    public Optional<String> base(String jobId, long number, String nodeId) {
        return table.last(jobId, number)
                .filter(r -> table.contribution(r, nodeId).isPresent())
                .map(Round::baseDigest);
    }

    /** What a node trains with in a round; empty if it has no part in the round's last attempt. */
    public Optional<RoundTerms> terms(String jobId, long number, String nodeId) {
        return table.last(jobId, number)
                .filter(r -> table.contribution(r, nodeId).isPresent())
                .map(r -> new RoundTerms(participations.of(jobId, nodeId).plan().training(), r.baseDigest()));
    }

    /** The contribution of a node to the last attempt of a round. */
    public Optional<Contribution> contribution(String jobId, long number, String nodeId) {
        return table.last(jobId, number).flatMap(r -> table.contribution(r, nodeId));
    }

    /** A node's contribution to one attempt. */
    public Optional<Contribution> contribution(ContributionKey key) {
        return table.contribution(key);
    }

    /**
     * Takes note of an update. Sealed bytes that came before, wait to be judged and are lost are taken as if they had not come.
     *
     * @param held whether the vault has an envelope, by its digest
     * @throws UploadRefused if the node has no part in the round, the round takes no more updates, or other sealed bytes
     *     came before
     * @return the digest of the envelope that came before with the same sealed bytes; empty if the update is new
     */
    public Optional<String> uploaded(ContributionKey key, Upload upload, Predicate<String> held) {
        Contribution c = invited(key);
        Round last = table.last(key.jobId(), key.round()).orElseThrow();
        Reception reception =
                Reception.of(c, upload, em.find(Job.class, key.jobId()).state(), last, held);
        if (reception instanceof Reception.Refused refused) {
            throw refused.why();
        }
        if (reception instanceof Reception.Known known) {
            return Optional.of(known.envelopeDigest());
        }
        if (reception instanceof Reception.Lost) {
            LOG.log(Level.WARNING, "update.lost-and-sent-again " + key);
            c.uploadAgain(upload);
        } else {
            c.upload(upload);
        }
        return Optional.empty();
    }

    /** Takes note that a node refused its task; a budget refusal takes the node out of the job. */
    public void declined(ContributionKey key, DeclineReason reason, String detail) {
        Contribution c = invited(key);
        if (c.state() != ContributionState.INVITED) {
            return;
        }
        String why = reason + ": " + detail;
        c.decline(why);
        Participation p = participations.of(key.jobId(), key.nodeId());
        ParticipationState.after(reason).ifPresent(as -> p.leave(as, why));
        audit.append(new RoundEvent.Declined(key, reason));
        moved.fire(new RoundMoved(key.jobId()));
    }

    private Contribution invited(ContributionKey key) {
        return table.lockedContribution(key).orElseThrow(() -> UploadRefused.notInvited(key));
    }

    /**
     * Takes a node out of the rounds and jobs that wait for it, so that the rest goes on. All rows are locked and written before
     * the audit log is, for which everybody else may be waiting. Not to be called by whoever has locked the node, which comes after
     * its jobs.
     */
    public void quarantined(NodeQuarantined node) {
        List<JobEvent> left = new ArrayList<>();
        for (Contribution found : inOrder(table.invitations(node.nodeId()))) {
            Contribution c = locked(found.key());
            if (c.state() == ContributionState.INVITED) {
                c.miss(node.why());
                leave(c.jobId(), node.nodeId(), node.why()).ifPresent(left::add);
                moved.fire(new RoundMoved(c.jobId()));
            }
        }
        em.flush();
        left.forEach(audit::append);
    }

    /**
     * Takes a revoked node out of its jobs, and its update out of each attempt that is still open, admitted or not; the charges
     * stay. What is aggregated already stays too. Jobs are locked in the order of their ids, and all rows before the audit log.
     */
    public void expel(String nodeId, String why) {
        List<JobEvent> left = new ArrayList<>();
        for (Contribution found : inOrder(table.inOpenRounds(nodeId))) {
            Contribution c = locked(found.key());
            Round round = table.last(c.jobId(), c.round()).orElseThrow();
            em.refresh(round);
            if (round.state() == RoundState.OPEN && round.attempt() == c.attempt()) {
                c.withdraw(why);
                leave(c.jobId(), nodeId, why).ifPresent(left::add);
                moved.fire(new RoundMoved(c.jobId()));
            }
        }
        em.flush();
        left.forEach(audit::append);
    }

    /**
     * What an update has to answer that lies in the vault and waits to be judged. The row is locked for this reading alone: a message may
     * come before the other branch of its transaction has committed, and where readers do not wait for writers it would find a row
     * that does not wait yet, and be lost.
     *
     * @param envelopeDigest SHA-256 of the envelope that is to be judged
     * @throws IllegalStateException if the envelope that lies in the vault is another one
     */
    public Optional<Awaited> awaited(ContributionKey key, String envelopeDigest) {
        Optional<Contribution> waiting =
                table.lockedContribution(key).filter(c -> c.state() == ContributionState.UPLOADED);
        waiting.flatMap(Contribution::envelopeDigest)
                .filter(noted -> !noted.equals(envelopeDigest))
                .ifPresent(noted -> {
                    throw new IllegalStateException(
                            "update of " + key + ": expected the envelope " + noted + ", got " + envelopeDigest);
                });
        return waiting.map(this::task);
    }

    private Awaited task(Contribution c) {
        NodePlan plan = participations.of(c.jobId(), c.nodeId()).plan();
        return new Awaited(
                Base64.getDecoder().decode(c.nonce()),
                em.find(Job.class, c.jobId()).jobDigest(),
                table.last(c.jobId(), c.round()).orElseThrow().baseDigest(),
                plan,
                mirror.account(c.nodeId(), plan.datasetId()).orElseThrow().dataset());
    }

    /** Whether an update lies in the vault and waits to be judged; its row stays locked until the transaction ends. */
    public boolean awaitsJudgement(ContributionKey key) {
        return table.lockedContribution(key)
                .filter(c -> c.state() == ContributionState.UPLOADED)
                .isPresent();
    }

    /** Admits an update that was judged good. */
    public void admitted(ContributionKey key, long trainMillis, Map<Metric, Double> metrics) {
        locked(key).admit(trainMillis, metrics);
    }

    /** Refuses an update that was judged bad, and takes its node out of the job. */
    public void rejected(ContributionKey key, String why) {
        locked(key).reject(why);
        leave(key.jobId(), key.nodeId(), why).ifPresent(audit::append);
    }

    /** Takes a node out of a job; what the audit log is to be told of it, if it was in. */
    private Optional<JobEvent> leave(String jobId, String nodeId, String why) {
        Participation p = participations.of(jobId, nodeId);
        if (!p.active()) {
            return Optional.empty();
        }
        p.leave(ParticipationState.QUARANTINED, why);
        return Optional.of(new JobEvent.NodeLeft(jobId, nodeId, why));
    }

    private static List<Contribution> inOrder(List<Contribution> found) {
        return found.stream().sorted(Comparator.comparing(Contribution::jobId)).toList();
    }

    private Contribution locked(ContributionKey key) {
        return table.lockedContribution(key).orElseThrow();
    }
}
