package ai.coreason.enclave.overseer.vault;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Memo;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.plan.PlanRanges;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The models of all jobs as safetensors files in the vault, named by their SHA-256. */
@ApplicationScoped
public class ModelStore {
    private static final int REMEMBERED = 1_000;

    private final Memo<Vault.Stamp, Long> checked = new Memo<>(REMEMBERED);
    private Vault vault;

    /** For the container's proxies. */
    protected ModelStore() {}

    /** The store in the Overseer's storage. */
    @Inject
    public ModelStore(Storage storage) {
        this.vault = storage.models();
    }

    /** How many bytes are free where models lie. */
    public long freeBytes() {
        return vault.freeBytes();
    }

    /**
     * Refuses a job that cannot have an initial model.
     *
     * @throws InvalidDocument if it names a model that is not here, or names none although its graph has parameters that are
     *     not trained
     */
    public void require(FederationJob job) {
        if (job.initialModel().isPresent()) {
            String digest = job.initialModel().get();
            if (!vault.has(digest)) {
                throw notHeld(digest);
            }
            return;
        }
        requireTrained(job.model());
    }

    /**
     * Refuses a graph that cannot begin with fresh weights, as some of them are not trained.
     *
     * @throws InvalidDocument naming the member that would give them
     */
    public static void requireTrained(ModelGraph model) {
        for (ParameterSpec parameter : model.parameters()) {
            if (!parameter.trainable()) {
                throw InvalidDocument.at(
                        "initial_model", "a model, as " + parameter.name() + " is not trained", "nothing");
            }
        }
    }

    /**
     * Stores the model that a job starts from: the one it names, or fresh weights.
     *
     * @return its SHA-256
     * @throws InvalidDocument if {@link #require} refuses the job, or the model that it names does not fit its graph
     */
    public String initial(FederationJob job, String jobId) {
        require(job);
        if (job.initialModel().isPresent()) {
            String digest = job.initialModel().get();
            requireUsable(digest, job.model());
            return digest;
        }
        SecureRandom random = new SecureRandom();
        Weights fresh = job.seed().isPresent()
                ? Initializer.initial(job.model(), seeded(job.seed().getAsLong(), jobId))
                : Initializer.initial(job.model(), random::nextLong);
        return store(fresh, job.model(), jobId, 0);
    }

    /** The refusal of a model that is not here, or not the asking user's. */
    public static InvalidDocument notHeld(String digest) {
        return InvalidDocument.at(
                "initial_model", "the digest of a model that this Overseer holds for a job of yours", digest);
    }

    private void requireUsable(String digest, ModelGraph graph) {
        Optional<String> objection;
        try {
            objection = PlanRanges.objection(weights(digest, graph));
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at("initial_model", "a model of the job's graph", e.getMessage());
        }
        if (objection.isPresent()) {
            throw InvalidDocument.at("initial_model", "a model that training may start from", objection.get());
        }
    }

    /**
     * Stores a model.
     *
     * @param round the round that gave it; 0 for the initial one
     * @return its SHA-256
     */
    public String store(Weights weights, ModelGraph graph, String jobId, long round) {
        List<Tensor> tensors =
                graph.parameters().stream().map(p -> tensor(p, weights)).toList();
        Map<String, String> metadata =
                new TreeMap<>(Map.of("job_id", jobId, "round", Long.toString(round), "graph_digest", graph.digest()));
        return vault.store(Safetensors.write(metadata, tensors)).digest();
    }

    /**
     * The size of a model's file, which was checked against its digest: when it was first asked for after this JVM's start, and again
     * whenever its length or time of change is another than then. A disk that changes bits behind the file system's back in between
     * is not noticed here, but by whoever takes the whole file: a reader by the ETag, which is the digest, and {@link #weights} at
     * each read.
     *
     * @throws IllegalStateException if there is none, or it was changed
     */
    public long check(String digest) {
        return checked.get(vault.stamp(digest), 1, () -> vault.check(digest));
    }

    /** Writes {@code count} bytes of a model's file that begin at {@code from}; it is not in memory at any time. */
    public void copy(String digest, long from, long count, OutputStream out) throws IOException {
        vault.copy(digest, from, count, out);
    }

    /** A model's file, in memory once. */
    public Safetensors file(String digest) {
        return Safetensors.read(vault.read(digest));
    }

    /** A model's weights. */
    public Weights weights(String digest, ModelGraph graph) {
        Map<String, float[]> values = new TreeMap<>();
        file(digest).tensors().forEach((name, tensor) -> values.put(name, tensor.floats()));
        return Weights.of(graph, values);
    }

    private static Tensor tensor(ParameterSpec parameter, Weights weights) {
        return Tensor.of(parameter.name(), parameter.shape(), weights.get(parameter.name()));
    }

    private static ai.coreason.enclave.privacy.graph.operator.RandomBits seeded(long seed, String jobId) {
        return new KeyStream(
                NoiseKeys.seeded(seed, AttemptKey.first(jobId, 1), "overseer").sampling(1));
    }
}
