package ai.coreason.enclave.overseer.conduct;

import ai.coreason.enclave.overseer.enrolment.NodeQuarantined;
import ai.coreason.enclave.overseer.evaluation.ModelEvaluation;
import ai.coreason.enclave.overseer.job.JobAdmitted;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.RoundMoved;
import ai.coreason.enclave.overseer.round.RoundStepper;
import ai.coreason.enclave.overseer.round.RoundStepper.Step;
import ai.coreason.enclave.overseer.round.TaskBell;
import jakarta.annotation.PostConstruct;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Drives every job's rounds: when an update was admitted, when a task was declined, and once a second for deadlines and
 * for what a crash left half done. Each job has a lane of its own; of the workers that all lanes share, one is never given to an
 * aggregation, so that however many models are computed, the other jobs go on.
 */
@Singleton
@Startup
@DependsOn("OverseerStart")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RoundConductor {
    private static final Logger LOG = System.getLogger(RoundConductor.class.getName());

    private static final int MAX_FAILURES = 5;
    /** An aggregation holds a model and the updates of a round in memory, so there are few at a time. */
    private static final int WORKERS = 4;

    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private Lanes lanes;

    @Inject
    private RoundStepper stepper;

    @Inject
    private Aggregator aggregator;

    @Inject
    private ModelEvaluation evaluation;

    @Inject
    private TaskBell bell;

    @Inject
    private RoundDesk desk;

    @Resource
    private ManagedExecutorService executor;

    /** For the container. */
    public RoundConductor() {}

    /** A conductor outside of a server. */
    RoundConductor(
            RoundStepper stepper, Aggregator aggregator, ModelEvaluation evaluation, TaskBell bell, Executor executor) {
        this.stepper = stepper;
        this.aggregator = aggregator;
        this.evaluation = evaluation;
        this.bell = bell;
        this.lanes = lanes(executor);
    }

    @PostConstruct
    void begin() {
        lanes = lanes(executor);
    }

    private Lanes lanes(Executor workers) {
        Workers all = new Workers(workers, WORKERS);
        return new Lanes(all, new Workers(all, WORKERS - 1), new Advance());
    }

    /** Begins with a job once its admission is stored. */
    public void admitted(@Observes(during = TransactionPhase.AFTER_SUCCESS) JobAdmitted job) {
        lanes.signal(job.jobId());
    }

    /** Goes on with a job once its round has moved. */
    public void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) RoundMoved round) {
        lanes.signal(round.jobId());
    }

    /**
     * Takes a node that is in quarantine out of the rounds that wait for it, once its quarantine is stored: in a transaction of its own, as
     * a node's row is locked after those of its jobs. Lost in a crash, its rounds end without it at their deadlines.
     */
    public void quarantined(@Observes(during = TransactionPhase.AFTER_SUCCESS) NodeQuarantined node) {
        executor.execute(() -> {
            try {
                desk.quarantined(node);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "node.not-taken-out node=" + node.nodeId(), e);
            }
        });
    }

    /** Looks at every job that has not ended; one that cannot be looked at now keeps none of the others waiting. */
    @Schedule(second = "*", minute = "*", hour = "*", persistent = false)
    void tick() {
        List<String> underWay = stepper.underWay();
        failures.keySet().retainAll(underWay);
        for (String jobId : underWay) {
            try {
                lanes.signal(jobId);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.WARNING, "round.not-looked-at job=" + jobId + " why=" + e.getMessage());
            }
        }
    }

    /** One job's next step; the next model is what takes long. */
    private final class Advance implements Lanes.Work {
        @Override
        public Optional<Runnable> quickly(String jobId) {
            Step step = stepper.step(jobId);
            if (step instanceof Step.Aggregate aggregate) {
                return Optional.of(() -> tell(jobId, conclude(jobId, aggregate)));
            }
            tell(jobId, step);
            return Optional.empty();
        }

        @Override
        public void failed(String jobId, Throwable why) {
            LOG.log(Level.ERROR, "round.step.failed job=" + jobId, why);
            if (failures.merge(jobId, 1, Integer::sum) >= MAX_FAILURES) {
                failures.remove(jobId);
                stepper.fail(
                        jobId, "the Overseer could not go on after " + MAX_FAILURES + " tries; its log has the reason");
            }
        }

        private Step conclude(String jobId, Step.Aggregate aggregate) {
            Aggregator.Outcome outcome = aggregator.aggregate(aggregate);
            if (outcome instanceof Aggregator.Outcome.Stored stored) {
                return stepper.close(
                        jobId, aggregate.round(), stored.digest(), evaluation.of(aggregate.job(), stored.digest()));
            }
            return stepper.spoil(jobId, aggregate.round(), ((Aggregator.Outcome.Failed) outcome).why());
        }

        private void tell(String jobId, Step step) {
            if (step instanceof Step.Opened opened) {
                opened.nodes().forEach(bell::ring);
            }
            failures.remove(jobId);
        }
    }
}
