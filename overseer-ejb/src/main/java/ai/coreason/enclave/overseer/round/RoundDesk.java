package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.NodeQuarantined;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.SealingKey;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What nodes do in a round: fetch their task, hand in their update, or decline. Each call is one transaction. */
@Stateless
public class RoundDesk {
    private static final Logger LOG = System.getLogger(RoundDesk.class.getName());

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private RoundTable table;

    @Inject
    private SealingKeys keys;

    @Inject
    private JobDocuments documents;

    @Inject
    private AuditLog audit;

    @Inject
    private StopOrders stops;

    @Inject
    private Event<RoundMoved> moved;

    /** For the container. */
    public RoundDesk() {}

    /** A desk outside of a server, for tasks alone. */
    RoundDesk(EntityManager em, RoundTable table, SealingKeys keys, JobDocuments documents, StopOrders stops) {
        this.em = em;
        this.table = table;
        this.keys = keys;
        this.documents = documents;
        this.stops = stops;
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
            boolean open = round.attempt() == c.attempt()
                    && round.state() == RoundState.OPEN
                    && Instant.now().isBefore(round.deadline())
                    && job.state() == JobState.RUNNING;
            if (open && !stops.stands(StopOrder.Kind.JOB, job.id()) && sealable(job.id())) {
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
        Participation participation = participation(job.id(), c.nodeId());
        return new RoundTask(
                UUID.fromString(job.id()),
                (int) c.round(),
                (int) c.attempt(),
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
                .map(r -> new RoundTerms(participation(jobId, nodeId).plan().training(), r.baseDigest()));
    }

    /** The contribution of a node to the last attempt of a round. */
    public Optional<Contribution> contribution(String jobId, long number, String nodeId) {
        return table.last(jobId, number).flatMap(r -> table.contribution(r, nodeId));
    }

    /**
     * Takes note of an update that lies in the vault.
     *
     * @throws UploadRefused if the node has no part in the round, the round takes no more updates, or other sealed bytes
     *     came before
     * @return the digest of the envelope that came before with the same sealed bytes; empty if the update is new
     */
    public Optional<String> uploaded(String jobId, long round, long attempt, String nodeId, Upload upload) {
        Contribution c = table.lockedContribution(jobId, round, attempt, nodeId)
                .orElseThrow(() -> UploadRefused.notInvited(nodeId, round, attempt));
        if (c.sealedDigest().isPresent()) {
            if (c.sealedDigest().get().equals(upload.sealedDigest())) {
                return c.envelopeDigest();
            }
            throw UploadRefused.otherBytes(c.sealedDigest().get(), upload.sealedDigest());
        }
        Round last = table.last(jobId, round).orElseThrow();
        Job job = em.find(Job.class, jobId);
        if (job.state() == JobState.CANCELLED || job.state() == JobState.FAILED) {
            throw UploadRefused.closed(round, attempt, "part of a job that is " + job.state());
        }
        if (last.attempt() != attempt) {
            throw UploadRefused.closed(round, attempt, "superseded by attempt " + last.attempt());
        }
        if (last.state() != RoundState.OPEN || job.state() != JobState.RUNNING) {
            throw UploadRefused.closed(round, attempt, last.state().name());
        }
        if (c.state() != ContributionState.INVITED) {
            throw UploadRefused.closed(round, attempt, "one that " + nodeId + " has " + c.state());
        }
        c.upload(upload);
        return Optional.empty();
    }

    /** Takes note that a node refused its task; a budget refusal takes the node out of the job. */
    public void declined(String jobId, long round, long attempt, String nodeId, Decline decline, String detail) {
        Contribution c = table.lockedContribution(jobId, round, attempt, nodeId)
                .orElseThrow(() -> UploadRefused.notInvited(nodeId, round, attempt));
        if (c.state() != ContributionState.INVITED) {
            return;
        }
        String why = decline + ": " + detail;
        c.decline(why);
        Participation p = participation(jobId, nodeId);
        if (decline != Decline.INTERNAL) {
            p.leave(decline == Decline.BUDGET ? ParticipationState.LEFT_BUDGET : ParticipationState.REFUSED, why);
        }
        audit.append(
                "task.declined",
                Json.object()
                        .put("job_id", jobId)
                        .put("round", round)
                        .put("attempt", attempt)
                        .put("node_id", nodeId)
                        .put("reason", decline.name()));
        moved.fire(new RoundMoved(jobId));
    }

    /** Takes a node out of the rounds and jobs that wait for it, so that the rest goes on. */
    public void quarantined(@Observes NodeQuarantined node) {
        for (Contribution c : table.invitations(node.nodeId())) {
            c.miss(node.why());
            quarantine(c.jobId(), node.nodeId(), node.why());
            moved.fire(new RoundMoved(c.jobId()));
        }
    }

    /**
     * Takes a revoked node out of its jobs, and its update out of each attempt that is still open, admitted or not; the charges
     * stay. What is aggregated already stays too.
     */
    public void expel(String nodeId, String why) {
        for (Contribution found : table.inOpenRounds(nodeId)) {
            em.find(Job.class, found.jobId(), LockModeType.PESSIMISTIC_WRITE);
            Contribution c = locked(found.jobId(), found.round(), found.attempt(), nodeId);
            Round round = table.last(c.jobId(), c.round()).orElseThrow();
            em.refresh(round);
            if (round.state() == RoundState.OPEN && round.attempt() == c.attempt()) {
                c.withdraw(why);
                quarantine(c.jobId(), nodeId, why);
                moved.fire(new RoundMoved(c.jobId()));
            }
        }
    }

    /** Whether an update lies in the vault and waits to be judged; its row stays locked until the transaction ends. */
    public boolean awaitsJudgement(String jobId, long round, long attempt, String nodeId) {
        return table.lockedContribution(jobId, round, attempt, nodeId)
                .filter(c -> c.state() == ContributionState.UPLOADED)
                .isPresent();
    }

    /** The task that a node was given for an attempt. */
    public RoundTask taskOf(String jobId, long round, long attempt, String nodeId) {
        Contribution c = locked(jobId, round, attempt, nodeId);
        return task(em.find(Job.class, jobId), table.last(jobId, round).orElseThrow(), c);
    }

    /** Admits an update that was judged good. */
    public void admitted(
            String jobId, long round, long attempt, String nodeId, long trainMillis, Map<Metric, Double> metrics) {
        locked(jobId, round, attempt, nodeId).admit(trainMillis, metrics);
    }

    /** Refuses an update that was judged bad, and takes its node out of the job. */
    public void rejected(String jobId, long round, long attempt, String nodeId, String why) {
        locked(jobId, round, attempt, nodeId).reject(why);
        quarantine(jobId, nodeId, why);
    }

    private void quarantine(String jobId, String nodeId, String why) {
        Participation p = participation(jobId, nodeId);
        if (p.active()) {
            p.leave(ParticipationState.QUARANTINED, why);
            audit.append(
                    "node.left",
                    Json.object().put("job_id", jobId).put("node_id", nodeId).put("reason", why));
        }
    }

    private Contribution locked(String jobId, long round, long attempt, String nodeId) {
        return table.lockedContribution(jobId, round, attempt, nodeId).orElseThrow();
    }

    private Participation participation(String jobId, String nodeId) {
        return em.createQuery(
                        "select p from Participation p where p.jobId = :job and p.nodeId = :node", Participation.class)
                .setParameter("job", jobId)
                .setParameter("node", nodeId)
                .getSingleResult();
    }
}
