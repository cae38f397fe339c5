package ai.coreason.enclave.overseer.conduct;

import ai.coreason.enclave.overseer.job.JobAdmitted;
import ai.coreason.enclave.overseer.round.RoundMoved;
import ai.coreason.enclave.overseer.round.RoundStepper;
import ai.coreason.enclave.overseer.round.RoundStepper.Step;
import ai.coreason.enclave.overseer.round.TaskBell;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Drives every job's rounds: when an update was admitted, when a task was declined, and once a second for deadlines and
 * for what a crash left half done. One thread a job.
 */
@Singleton
@Startup
@DependsOn("OverseerStart")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RoundConductor {
    private static final Logger LOG = System.getLogger(RoundConductor.class.getName());

    private static final int MAX_FAILURES = 5;

    private final Map<String, ReentrantLock> busy = new ConcurrentHashMap<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    @Inject
    private RoundStepper stepper;

    @Inject
    private Aggregator aggregator;

    @Inject
    private TaskBell bell;

    @Resource
    private ManagedExecutorService executor;

    /** Begins with a job once its admission is stored. */
    public void admitted(@Observes(during = TransactionPhase.AFTER_SUCCESS) JobAdmitted job) {
        executor.execute(() -> advance(job.jobId()));
    }

    /** Goes on with a job once its round has moved. */
    public void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) RoundMoved round) {
        executor.execute(() -> advance(round.jobId()));
    }

    /** Looks at every job that has not ended. */
    @Schedule(second = "*", minute = "*", hour = "*", persistent = false)
    void tick() {
        stepper.underWay().forEach(this::advance);
    }

    private void advance(String jobId) {
        ReentrantLock lock = busy.computeIfAbsent(jobId, id -> new ReentrantLock());
        lock.lock();
        try {
            Step step = stepper.step(jobId);
            if (step instanceof Step.Aggregate aggregate) {
                step = conclude(jobId, aggregate);
            }
            if (step instanceof Step.Opened opened) {
                opened.nodes().forEach(bell::ring);
            }
            failures.remove(jobId);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "round.step.failed job=" + jobId, e);
            giveUpAfterManyFailures(jobId);
        } finally {
            lock.unlock();
        }
    }

    private Step conclude(String jobId, Step.Aggregate aggregate) {
        Aggregator.Outcome outcome = aggregator.aggregate(aggregate);
        if (outcome instanceof Aggregator.Outcome.Stored stored) {
            return stepper.close(jobId, aggregate.round(), stored.digest());
        }
        return stepper.spoil(jobId, aggregate.round(), ((Aggregator.Outcome.Failed) outcome).why());
    }

    private void giveUpAfterManyFailures(String jobId) {
        if (failures.merge(jobId, 1, Integer::sum) >= MAX_FAILURES) {
            failures.remove(jobId);
            stepper.fail(
                    jobId, "the Overseer could not go on after " + MAX_FAILURES + " tries; its log has the reason");
        }
    }
}
