package ai.coreason.enclave.overseer.load;

import ai.coreason.enclave.overseer.load.MemoryShare.Permit;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * The memory of this JVM for models and updates. Whoever is about to read one takes a permit for all copies of it; what does not fit
 * beside what is held already waits, and an upload is told to come later. Nobody holds two permits, so nobody waits for himself.
 * Thread-safe.
 */
@ApplicationScoped
public class ModelMemory {
    /** Shorter than a node waits for an answer. */
    private static final Duration BRIEFLY = Duration.ofSeconds(15);

    private static final Duration ALWAYS = Duration.ofDays(365);
    private static final int UPLOADS_WAITING = 32;

    private final MemoryPlan plan;
    private final MemoryShare models;
    private final MemoryShare uploads;
    private final Duration patience;

    /** The memory of this JVM. */
    public ModelMemory() {
        this(new MemoryPlan(Runtime.getRuntime().maxMemory()), BRIEFLY);
    }

    /**
     * Memory as planned.
     *
     * @param patience how long an upload waits
     */
    public ModelMemory(MemoryPlan plan, Duration patience) {
        this.plan = plan;
        this.models = new MemoryShare(plan.models(), Integer.MAX_VALUE);
        this.uploads = new MemoryShare(plan.uploads(), UPLOADS_WAITING);
        this.patience = patience;
    }

    /** Room for an aggregation, as soon as there is some. */
    public Permit aggregation(ModelGraph model, int updates) {
        return waited(plan.aggregation(model.parameterCount(), updates));
    }

    /** Room to make, read or measure a model, as soon as there is some. */
    public Permit oneModel(ModelGraph model) {
        return waited(plan.oneModel(model.parameterCount()));
    }

    private Permit waited(long bytes) {
        try {
            return models.acquire(bytes, ALWAYS).orElseThrow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while it waited for memory", e);
        }
    }

    /**
     * Turns an upload away before it is read, where those that came before already wait for memory. None is held for one that is still
     * coming: it would be held as long as its sender likes.
     *
     * @throws Busy if they do
     */
    public void expectRoomForUploads() {
        if (uploads.crowded()) {
            throw full();
        }
    }

    /**
     * Room to open an upload that has come.
     *
     * @param bytes its length
     * @throws Busy if there is none within a while
     */
    public Permit upload(long bytes) {
        try {
            return uploads.acquire(plan.upload(bytes), patience).orElseThrow(ModelMemory::full);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw full();
        }
    }

    private static Busy full() {
        return new Busy("expected fewer updates at a time, got more than fit into this Overseer's memory");
    }
}
