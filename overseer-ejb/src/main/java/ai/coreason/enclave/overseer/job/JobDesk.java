package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.EnrolledNode;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobDigest;
import ai.coreason.enclave.sentry.contract.SealingKey;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Takes jobs in, tells of them and ends them early. Each call is one transaction. */
@Stateless
public class JobDesk {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private ParticipationTable participations;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private ModelStore models;

    @Inject
    private SealingKeys keys;

    @Inject
    private FederationMode mode;

    @Inject
    private AuditLog audit;

    @Inject
    private StopOrders stops;

    @Inject
    private Event<JobSubmitted> submitted;

    @Inject
    private Event<JobAdmitted> admitted;

    /**
     * Takes a job in, or finds the job that the same user made of the same document before; it is admitted once it has its
     * initial model.
     *
     * @param submitter who asks, and to whom the job then belongs
     * @param frozen whether it is frozen from the first, so that owners can approve it by its digest before any node is asked; a job
     *     that was there before stays as it is
     * @throws InvalidDocument if the document names what this federation, or this user, does not have
     * @throws JobRefused if too few nodes can pay, their dictionaries differ, or the id belongs to another document or user
     */
    public Job submit(FederationJob job, User submitter, boolean frozen) {
        String id = job.jobId().orElseGet(() -> UUID.randomUUID().toString());
        Optional<Job> known = known(id, job, submitter);
        if (known.isPresent()) {
            return known.get();
        }
        if (stops.frozen()) {
            throw new JobRefused(
                    JobRefused.Kind.STATE, "federation: expected one that no operator has frozen, got a frozen one");
        }
        job.initialModel()
                .filter(digest -> !new JobTable(em).holds(submitter.subject(), digest))
                .ifPresent(digest -> {
                    throw ModelStore.notHeld(digest);
                });
        TaskSize.require(job);
        models.require(job);
        new ModelRoom(Runtime.getRuntime().maxMemory(), models.freeBytes())
                .require(job.model(), job.clients().size());
        List<NodePlan> plans = Admission.judge(
                job, mode.simulation(), node -> offer(node, job.dataset().name()));
        DictionaryAgreement.require(
                job, node -> nodes.dictionary(node, job.dataset().name()));
        job.clients().stream()
                .flatMap(node -> nodes.dictionary(node, job.dataset().name()).stream())
                .findFirst()
                .ifPresent(told -> GraphFit.require(job, told));
        audit.lock();
        Optional<Job> meanwhile = known(id, job, submitter);
        if (meanwhile.isPresent()) {
            return meanwhile.get();
        }
        SealingKey key = new SealingKey(keys.create(id).publicKey());
        JobDigests digests = new JobDigests(
                job.digest(), JobDigest.of(job, id, key), job.model().digest());
        Job stored = new Job(id, job.json(), digests, job.rounds(), submitter.subject());
        em.persist(stored);
        plans.forEach(p -> em.persist(new Participation(id, p)));
        audit.append(new JobEvent.Submitted(id, digests, submitter));
        if (frozen) {
            stops.stop(StopOrder.Kind.JOB, id, submitter.subject());
        }
        submitted.fire(new JobSubmitted(id));
        return stored;
    }

    /** The job that has waited longest for its initial model. */
    public Optional<Job> oldestSubmitted() {
        return em.createQuery("select j from Job j where j.state = :state order by j.createdAt", Job.class)
                .setParameter("state", JobState.SUBMITTED)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    /** Admits a submitted job with its initial model, unless it has ended meanwhile. */
    public void prepared(String jobId, String modelDigest) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        if (job.state() != JobState.SUBMITTED) {
            return;
        }
        job.admit(modelDigest);
        audit.append(new JobEvent.Admitted(jobId, job.jobDigest(), job.graphDigest(), modelDigest, job.submitter()));
        admitted.fire(new JobAdmitted(jobId));
    }

    /** Ends a submitted job that gets no initial model. */
    public void unprepared(String jobId, String why) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        if (job.state() == JobState.SUBMITTED) {
            job.moveTo(JobState.FAILED, why);
            audit.append(JobEvent.Ended.failed(jobId, why));
        }
    }

    /** A job by its id. */
    public Optional<Job> find(String jobId) {
        return Optional.ofNullable(em.find(Job.class, jobId));
    }

    /** A job by its id, if it is one that the viewer sees. */
    public Optional<Job> find(String jobId, Viewer viewer) {
        return new JobTable(em).find(jobId, viewer);
    }

    /** The jobs that a viewer sees, newest first. */
    public List<Job> list(Viewer viewer, int first, int count) {
        return new JobTable(em).list(viewer, first, count);
    }

    /** The participations of a job by node id. */
    public List<Participation> participations(String jobId) {
        return participations.of(jobId);
    }

    /**
     * Ends a job early; a job that is cancelled already stays so.
     *
     * @throws JobRefused if it has ended otherwise
     */
    public Job cancel(String jobId, User by) {
        Job job = em.find(Job.class, jobId, LockModeType.PESSIMISTIC_WRITE);
        if (job.state() == JobState.CANCELLED) {
            return job;
        }
        if (job.state().ended()) {
            throw new JobRefused(
                    JobRefused.Kind.STATE, "job " + jobId + ": expected a job that has not ended, got " + job.state());
        }
        job.moveTo(JobState.CANCELLED, "cancelled by " + by.display());
        audit.append(new JobEvent.Cancelled(jobId, by));
        return job;
    }

    private Optional<Job> known(String id, FederationJob job, User submitter) {
        Job known = em.find(Job.class, id);
        if (known == null) {
            return Optional.empty();
        }
        if (!known.documentDigest().equals(job.digest()) || !known.submitter().equals(submitter.subject())) {
            throw new JobRefused(
                    JobRefused.Kind.CONFLICT, "job_id: expected an unused id or the same job, got another job's id");
        }
        return Optional.of(known);
    }

    private Optional<AdmissionPlanner.Offer> offer(String nodeId, String datasetId) {
        return nodes.find(nodeId)
                .filter(EnrolledNode::trusted)
                .flatMap(n -> mirror.account(nodeId, datasetId))
                .map(a -> new AdmissionPlanner.Offer(nodeId, a.dataset(), a.filterSpent()));
    }
}
