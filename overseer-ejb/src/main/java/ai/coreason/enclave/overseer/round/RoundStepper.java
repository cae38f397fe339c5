package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.overseer.evaluation.HeldOut;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.job.JobEvent;
import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.FederationJob;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Moves one job's rounds on by one step a call, each a transaction of its own with the job's row locked. Looking again
 * changes nothing, so a crash or a second caller between two steps does no harm. Of what is frozen nothing moves: an attempt stays
 * as it is, its uploads are taken and judged, and once thawed it goes on, or is over if its deadline has passed.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class RoundStepper {
    /**
     * How often one round is opened: an abandoned one again twice, each time after a pause. A policy of this Overseer, within what
     * {@link AttemptKey#MAX_ATTEMPTS} lets any have.
     */
    static final long OPENINGS = 3;

    /** What is to be done after a step. */
    public sealed interface Step {
        /** Nothing before something else happens. */
        record Wait() implements Step {}

        /** Tasks are out for these nodes. */
        record Opened(List<String> nodes) implements Step {}

        /** The next model is to be computed from the admitted contributions. */
        record Aggregate(Round round, FederationJob job, List<Contribution> admitted) implements Step {}
    }

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private RoundTable table;

    @Inject
    private RoundOpener opener;

    @Inject
    private JobDocuments documents;

    @Inject
    private RoundMetrics metrics;

    @Inject
    private AuditLog audit;

    @Inject
    private StopOrders stops;

    @Inject
    private SealingKeys keys;

    /** For the container. */
    public RoundStepper() {}

    /** A stepper outside of a server, for jobs without early stopping. */
    RoundStepper(
            EntityManager em,
            RoundOpener opener,
            JobDocuments documents,
            AuditLog audit,
            StopOrders stops,
            SealingKeys keys) {
        this.em = em;
        this.table = new RoundTable(em);
        this.opener = opener;
        this.documents = documents;
        this.metrics = new RoundMetrics();
        this.audit = audit;
        this.stops = stops;
        this.keys = keys;
    }

    /** The jobs that have not ended, oldest first. */
    public List<String> underWay() {
        return em.createQuery(
                        "select j.id from Job j where j.state in (:admitted, :running) order by j.createdAt",
                        String.class)
                .setParameter("admitted", JobState.ADMITTED)
                .setParameter("running", JobState.RUNNING)
                .getResultList();
    }

    /** Does what can be done now. */
    public Step step(String jobId) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        if (job == null || job.state().ended() || stops.frozen(jobId)) {
            return new Step.Wait();
        }
        Optional<String> lost = keys.lost(jobId);
        if (lost.isPresent()) {
            fail(jobId, lost.get());
            return new Step.Wait();
        }
        FederationJob document = documents.of(job);
        long number = job.roundsClosed() + 1;
        Round round = table.last(jobId, number).orElse(null);
        if (round == null) {
            return new Step.Opened(opener.open(job, document, AttemptKey.first(jobId, number), List.of()));
        }
        return switch (round.state()) {
            case OPEN -> judge(job, document, round);
            case AGGREGATING -> new Step.Aggregate(round, document, admitted(round));
            case ABANDONED -> again(job, document, round, List.of());
            case CLOSED -> throw new IllegalStateException("job " + jobId + ": round " + number + " closed too early");
        };
    }

    /**
     * Ends a round with its new model, and the job with its last round.
     *
     * @param heldOut what public records say of the model; empty where there are none
     */
    public Step close(String jobId, Round aggregated, String modelDigest, Optional<HeldOut> heldOut) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        Round round = table.last(jobId, aggregated.number()).orElseThrow();
        if (job.state() != JobState.RUNNING || round.state() != RoundState.AGGREGATING || stops.frozen(jobId)) {
            return new Step.Wait();
        }
        round.close(modelDigest, heldOut);
        job.closeRound(round.number(), modelDigest);
        RoundEvent closed = new RoundEvent.Closed(
                round.key(), round.baseDigest(), modelDigest, admitted(round).size());
        FederationJob document = documents.of(job);
        Optional<String> stopped = metrics.stopped(job, document);
        if (round.number() < job.roundsTotal() && stopped.isEmpty()) {
            return new Step.Opened(
                    opener.open(job, document, AttemptKey.first(jobId, round.number() + 1), List.of(closed)));
        }
        job.moveTo(JobState.COMPLETED, stopped.orElse(""));
        em.flush();
        audit.append(closed);
        audit.append(new JobEvent.Completed(jobId, modelDigest));
        return new Step.Wait();
    }

    /** Ends an attempt whose updates give no model, and its job with it; the last whole model is kept. */
    public Step spoil(String jobId, Round aggregated, String why) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        Round round = table.last(jobId, aggregated.number()).orElseThrow();
        if (job.state() == JobState.RUNNING && round.state() == RoundState.AGGREGATING && !stops.frozen(jobId)) {
            round.abandon();
            String reason = "round " + round.number() + ": " + why;
            audit.append(new RoundEvent.Spoilt(round.key(), why));
            fail(jobId, reason);
        }
        return new Step.Wait();
    }

    /** Ends a job by an error of this Overseer; the last whole model is kept. */
    public void fail(String jobId, String why) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        if (!job.state().ended()) {
            job.moveTo(JobState.FAILED, why);
            audit.append(JobEvent.Ended.failed(jobId, why));
        }
    }

    private Step judge(Job job, FederationJob document, Round round) {
        List<Contribution> all = table.contributions(round);
        Closing closing = Closing.of(
                all.stream().map(Contribution::state).toList(), document.minClients(), round.deadline(), Instant.now());
        if (closing == Closing.WAIT) {
            return new Step.Wait();
        }
        all.forEach(c -> c.miss("the round ended first"));
        List<Contribution> admitted = admitted(round);
        if (closing == Closing.AGGREGATE) {
            round.aggregate();
            return new Step.Aggregate(round, document, admitted);
        }
        round.abandon();
        return again(
                job,
                document,
                round,
                List.of(new RoundEvent.Abandoned(round.key(), admitted.size(), document.minClients())));
    }

    /** Opens the round again in its time. The audit log is told last, also of what came before. */
    private Step again(Job job, FederationJob document, Round round, List<RoundEvent> before) {
        if (round.attempt() < OPENINGS) {
            if (!Instant.now().isBefore(round.followedAt())) {
                return new Step.Opened(opener.open(job, document, round.key().next(), before));
            }
            em.flush();
            before.forEach(audit::append);
            return new Step.Wait();
        }
        em.flush();
        before.forEach(audit::append);
        fail(
                job.id(),
                "round " + round.number() + " was abandoned " + OPENINGS + " times: fewer than min_clients "
                        + document.minClients() + " updates came in time");
        return new Step.Wait();
    }

    private List<Contribution> admitted(Round round) {
        return table.contributions(round).stream()
                .filter(c -> c.state() == ContributionState.ADMITTED)
                .toList();
    }
}
