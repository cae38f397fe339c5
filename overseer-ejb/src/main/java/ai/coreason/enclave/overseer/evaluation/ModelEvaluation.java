package ai.coreason.enclave.overseer.evaluation;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.load.MemoryPlan;
import ai.coreason.enclave.overseer.load.MemoryShare;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataResource;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Measures models on the public records of the folder {@code enclave.public.dir}. One at a time, so that memory holds one set
 * of records and one model beside what rounds need.
 */
@ApplicationScoped
public class ModelEvaluation {
    private static final Logger LOG = System.getLogger(ModelEvaluation.class.getName());

    @Inject
    private ModelStore models;

    @Inject
    private ModelMemory memory;

    @Inject
    @ConfigProperty(name = "enclave.public.dir")
    private Optional<String> folder;

    private final long recordBytes = new MemoryPlan(Runtime.getRuntime().maxMemory()).publicRecords();
    private PublicData data = PublicData.none();
    private Optional<HoldOut> last = Optional.empty();
    /** The digest of a job whose records were refused: they are not read again each round. */
    private Optional<String> refused = Optional.empty();

    /** For the container. */
    public ModelEvaluation() {}

    /** An evaluation outside of a server. */
    ModelEvaluation(ModelStore models, ModelMemory memory, PublicData data) {
        this.models = models;
        this.memory = memory;
        this.data = data;
    }

    @PostConstruct
    void open() {
        if (folder.isEmpty()) {
            return;
        }
        try {
            data = PublicData.read(Path.of(folder.get()));
        } catch (IOException e) {
            throw new UncheckedIOException("enclave.public.dir " + folder.get() + ": " + e.getMessage(), e);
        } catch (InvalidDocument e) {
            throw new IllegalArgumentException("enclave.public.dir " + folder.get() + ": " + e.getMessage(), e);
        }
    }

    /** Reads what is configured, and tells it in the log. */
    public void require() {
        folder.ifPresent(f -> LOG.log(Level.INFO, "public.records datasets=" + data.datasets()));
    }

    /**
     * Measures a model.
     *
     * @param modelDigest a model of the job's graph in the vault
     * @return empty where there are no public records of the job's dataset, or they cannot be used, which the log explains: a
     *     round goes on without
     */
    public synchronized Optional<Score> of(FederationJob job, String modelDigest) {
        Optional<DataResource> resource = data.of(job);
        if (resource.isEmpty() || refused(job)) {
            return Optional.empty();
        }
        MemoryShare.Permit permit = memory.oneModel(job.model());
        try {
            return Optional.of(holdOut(job, resource.get()).score(models.weights(modelDigest, job.model())));
        } catch (InvalidDocument e) {
            refused = Optional.of(job.digest());
            LOG.log(
                    Level.WARNING,
                    "evaluation.refused job_digest=" + job.digest() + " resource="
                            + resource.get().name() + " why=" + e.getMessage());
            return Optional.empty();
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.log(
                    Level.WARNING,
                    "evaluation.failed job_digest=" + job.digest() + " resource="
                            + resource.get().name(),
                    e);
            return Optional.empty();
        } finally {
            permit.close();
        }
    }

    /** Whether a job's records were refused when they were last read. */
    boolean refused(FederationJob job) {
        return refused.filter(job.digest()::equals).isPresent();
    }

    private HoldOut holdOut(FederationJob job, DataResource resource) throws IOException {
        if (last.isEmpty() || !last.get().of(job)) {
            close();
            last = Optional.of(HoldOut.of(job, data.encoded(job, resource, recordBytes)));
        }
        return last.get();
    }

    @PreDestroy
    synchronized void close() {
        last.ifPresent(HoldOut::close);
        last = Optional.empty();
    }
}
