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
        byte[] plain = sealed.open(keys.pair(jobId));
        Passage passage = Airlock.check(
                job.model(), Safetensors.read(plain), Airlock.Cargo.UPDATE, new Airlock.Limits(Map.of(), maxNorm));
        if (passage instanceof Passage.Refused refused) {
            throw InvalidDocument.at("update", "an update of the job's graph", refused.summary());
        }
        return ((Passage.Admitted) passage).weights();
    }
}
