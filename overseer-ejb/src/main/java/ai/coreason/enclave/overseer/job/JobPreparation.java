package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.load.MemoryShare;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.sentry.contract.FederationJob;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes the initial models of submitted jobs, one at a time and on a thread of its own: drawing a hundred million weights takes
 * seconds, and no call waits for it. What a crash left submitted is taken up again.
 */
@Singleton
@Startup
@DependsOn("OverseerStart")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class JobPreparation {
    private static final Logger LOG = System.getLogger(JobPreparation.class.getName());

    private final AtomicBoolean working = new AtomicBoolean();

    @Inject
    private JobDesk jobs;

    @Inject
    private ModelStore models;

    @Inject
    private JobDocuments documents;

    @Inject
    private ModelMemory memory;

    @Resource
    private ManagedExecutorService executor;

    /** Begins with a job once it is stored. */
    public void submitted(@Observes(during = TransactionPhase.AFTER_SUCCESS) JobSubmitted job) {
        begin();
    }

    /** Begins with what is left over. */
    @Schedule(second = "*/5", minute = "*", hour = "*", persistent = false)
    void tick() {
        begin();
    }

    private void begin() {
        if (jobs.oldestSubmitted().isPresent() && working.compareAndSet(false, true)) {
            executor.execute(this::work);
        }
    }

    private void work() {
        try {
            Optional<Job> next = jobs.oldestSubmitted();
            while (next.isPresent()) {
                prepare(next.get());
                next = jobs.oldestSubmitted();
            }
        } finally {
            working.set(false);
        }
    }

    private String initial(Job job) {
        FederationJob document = documents.of(job);
        MemoryShare.Permit permit = memory.oneModel(document.model());
        try {
            return models.initial(document, job.id());
        } finally {
            permit.close();
        }
    }

    private void prepare(Job job) {
        try {
            jobs.prepared(job.id(), initial(job));
        } catch (InvalidDocument e) {
            jobs.unprepared(job.id(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "job.preparation.failed job=" + job.id(), e);
            jobs.unprepared(job.id(), "the Overseer could not make the initial model; its log has the reason");
        }
    }
}
