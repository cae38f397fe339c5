package ai.coreason.enclave.overseer.intake;

import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.sentry.airlock.Airlock;
import ai.coreason.enclave.sentry.airlock.Passage;
import ai.coreason.enclave.sentry.airlock.Safetensors;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.seal.Hpke;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.OptionalDouble;

/** Opens a sealed update and lets it through the airlock: the parameters of the job's graph, all finite, nothing else. */
@ApplicationScoped
public class UpdateInspector {
    @Inject
    private SealingKeys keys;

    /**
     * The update inside an envelope.
     *
     * @throws InvalidDocument if it does not open, or is not an update of this graph
     */
    public Weights open(Job job, ModelGraph graph, UpdateEnvelope envelope) {
        byte[] plain = Hpke.open(
                keys.pair(job.id()),
                UpdateEnvelope.sealInfo(),
                envelope.header().aad(),
                envelope.sealed());
        Passage passage = Airlock.check(
                graph,
                Safetensors.read(plain),
                Airlock.Cargo.UPDATE,
                new Airlock.Limits(Map.of(), OptionalDouble.empty()));
        if (passage instanceof Passage.Refused refused) {
            throw InvalidDocument.at("update", "an update of the job's graph", refused.summary());
        }
        return ((Passage.Admitted) passage).weights();
    }
}
