package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.sentry.airlock.Airlock;
import ai.coreason.enclave.sentry.airlock.Passage;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.OptionalDouble;

/** Opens a sealed update and lets it through the airlock: the parameters of the job's graph, all finite, nothing else. */
@ApplicationScoped
public class UpdateInspector {
    private SealingKeys keys;

    /** For the container's proxies. */
    protected UpdateInspector() {}

    /** An inspector that opens with the Overseer's keys. */
    @Inject
    public UpdateInspector(SealingKeys keys) {
        this.keys = keys;
    }

    /**
     * The update that was sealed for a job.
     *
     * @param maxNorm the largest L2 norm that it may have, as {@link UpdateLimits} says
     * @throws InvalidDocument if it does not open, is not an update of the job's graph, or is longer
     */
    public Weights open(String jobId, FederationJob job, SealedUpdate sealed, OptionalDouble maxNorm) {
        Passage passage = Airlock.check(job.model(), plain(jobId, sealed), Airlock.Cargo.UPDATE, limits(maxNorm));
        if (passage instanceof Passage.Refused refused) {
            throw refused(refused);
        }
        return ((Passage.Admitted) passage).weights();
    }

    /**
     * Looks whether {@link #open} would give an update, and holds no more than the sealed and the opened bytes.
     *
     * @throws InvalidDocument if it would not
     */
    public void inspect(String jobId, FederationJob job, SealedUpdate sealed, OptionalDouble maxNorm) {
        Airlock.refusal(job.model(), plain(jobId, sealed), Airlock.Cargo.UPDATE, limits(maxNorm))
                .ifPresent(refused -> {
                    throw refused(refused);
                });
    }

    private Safetensors plain(String jobId, SealedUpdate sealed) {
        return Safetensors.read(sealed.open(keys.pair(jobId)));
    }

    private static Airlock.Limits limits(OptionalDouble maxNorm) {
        return new Airlock.Limits(Map.of(), maxNorm);
    }

    private static InvalidDocument refused(Passage.Refused why) {
        return InvalidDocument.at("update", "an update of the job's graph", why.summary());
    }
}
