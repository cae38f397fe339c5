package ai.coreason.enclave.overseer.evaluation;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.job.DictionaryAgreement;
import ai.coreason.enclave.overseer.load.MemoryPlan;
import ai.coreason.enclave.overseer.load.MemoryShare;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Measures models on the public records of the folder {@code enclave.public.dir}. One at a time, so that memory holds one set
 * of records and one model beside what rounds need.
 */
@ApplicationScoped
public class ModelEvaluation {
    private static final Logger LOG = System.getLogger(ModelEvaluation.class.getName());
    private static final int REMEMBERED = 1000;
    private static final String HERE = "the Overseer's public records";

    @Inject
    private ModelStore models;

    @Inject
    private ModelMemory memory;

    @Inject
    private NodeRegistry nodes;

    @Inject
    @ConfigProperty(name = "enclave.public.dir")
    private Optional<String> folder;

    private final long recordBytes = new MemoryPlan(Runtime.getRuntime().maxMemory()).publicRecords();
    private PublicData data = PublicData.none();
    private Optional<HoldOut> last = Optional.empty();
    /** Why records were refused, by the digests of jobs: they are not read again each round. The job that asked longest ago goes first. */
    private final Map<String, HeldOut.Refused> refused = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, HeldOut.Refused> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** For the container. */
    public ModelEvaluation() {}

    /** An evaluation outside of a server. */
    ModelEvaluation(ModelStore models, ModelMemory memory, NodeRegistry nodes, PublicData data) {
        this.models = models;
        this.memory = memory;
        this.nodes = nodes;
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
     * @return empty where there are no public records of the job's dataset; where they cannot be used, why: a round goes on without
     */
    public synchronized Optional<HeldOut> of(FederationJob job, String modelDigest) {
        return data.of(job).map(resource -> {
            HeldOut.Refused before = refused.get(job.digest());
            return before == null ? measured(job, resource, modelDigest) : before;
        });
    }

    private HeldOut measured(FederationJob job, DataResource resource, String modelDigest) {
        Optional<String> difference = difference(job, resource);
        if (difference.isPresent()) {
            return refused(job, resource, difference.get());
        }
        MemoryShare.Permit permit = memory.oneModel(job.model());
        try {
            return holdOut(job, resource).score(models.weights(modelDigest, job.model()));
        } catch (InvalidDocument e) {
            return refused(job, resource, e.getMessage());
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.log(Level.WARNING, "evaluation.failed " + about(job, resource), e);
            return new HeldOut.Refused("not measured; the Overseer's log says why");
        } finally {
            permit.close();
        }
    }

    private HeldOut.Refused refused(FederationJob job, DataResource resource, String why) {
        HeldOut.Refused out = new HeldOut.Refused(why);
        refused.put(job.digest(), out);
        LOG.log(Level.WARNING, "evaluation.refused " + about(job, resource) + " why=" + why);
        return out;
    }

    private static String about(FederationJob job, DataResource resource) {
        return "job_digest=" + job.digest() + " resource=" + resource.name();
    }

    private HoldOut holdOut(FederationJob job, DataResource resource) throws IOException {
        if (last.isEmpty() || !last.get().of(job)) {
            close();
            PublicData.Records records = data.records(job, resource, recordBytes);
            records.notes().forEach(n -> LOG.log(Level.WARNING, "evaluation.note " + about(job, resource) + " " + n));
            last = Optional.of(HoldOut.of(job, records));
        }
        return last.get();
    }

    /** What a number or a name means here has to be what it means at the sites that trained on it. */
    private Optional<String> difference(FederationJob job, DataResource resource) {
        Map<String, PublicDictionary> told = new LinkedHashMap<>();
        job.clients()
                .forEach(node -> nodes.dictionary(node, job.dataset().name()).ifPresent(d -> told.put(node, d)));
        if (told.isEmpty()) {
            return Optional.empty();
        }
        told.put(HERE, resource.dictionary());
        return DictionaryAgreement.difference(job.dataset(), told);
    }

    @PreDestroy
    synchronized void close() {
        last.ifPresent(HoldOut::close);
        last = Optional.empty();
    }
}
