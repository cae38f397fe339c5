package ai.coreason.enclave.overseer.aggregation;

import ai.coreason.enclave.overseer.intake.UpdateInspector;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.RoundStepper.Step.Aggregate;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Computes the next model from a round's admitted updates, in node-id order: the same updates give the same bytes. */
@ApplicationScoped
public class Aggregator {
    @Inject
    private JobDesk jobs;

    @Inject
    private ModelStore models;

    @Inject
    private Storage storage;

    @Inject
    private UpdateInspector inspector;

    /**
     * The next model, stored.
     *
     * @return its SHA-256
     */
    public String aggregate(Aggregate step) {
        Job job = jobs.find(step.round().jobId()).orElseThrow();
        Map<String, Participation> participations = jobs.participations(job.id()).stream()
                .collect(Collectors.toMap(Participation::nodeId, Function.identity()));
        Weights base = models.weights(step.round().baseDigest(), step.job().model());
        List<FedAvg.Part> parts = new ArrayList<>();
        for (Contribution c : step.admitted()) {
            UpdateEnvelope envelope = UpdateEnvelope.parse(
                    storage.updates().read(c.envelopeDigest().orElseThrow()));
            Weights update = inspector.open(job.id(), step.job(), envelope);
            double weight = participations.get(c.nodeId()).plan().declaredRows();
            parts.add(new FedAvg.Part(weight, values(update)));
        }
        Map<String, float[]> next = values(base);
        Map<String, float[]> trained = new LinkedHashMap<>(next);
        trained.keySet().retainAll(parts.get(0).difference().keySet());
        next.putAll(FedAvg.next(trained, parts, step.job().training().strategy().serverLearningRate()));
        return models.store(
                Weights.of(step.job().model(), next),
                step.job().model(),
                job.id(),
                step.round().number());
    }

    private static Map<String, float[]> values(Weights weights) {
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.names().forEach(name -> values.put(name, weights.get(name)));
        return values;
    }
}
