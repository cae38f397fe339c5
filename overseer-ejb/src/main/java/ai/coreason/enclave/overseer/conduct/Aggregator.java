package ai.coreason.enclave.overseer.conduct;

import ai.coreason.enclave.overseer.aggregation.FedAvg;
import ai.coreason.enclave.overseer.aggregation.ShareCap;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.RoundStepper.Step.Aggregate;
import ai.coreason.enclave.overseer.update.UpdateInspector;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.PlanRanges;
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

    /** What an attempt's updates give. */
    public sealed interface Outcome {
        /** The next model, stored under its SHA-256. */
        record Stored(String digest) implements Outcome {}

        /** No model; why. */
        record Failed(String why) implements Outcome {}
    }

    /** Computes the next model and stores it, if it is one that training may start from. */
    public Outcome aggregate(Aggregate step) {
        Job job = jobs.find(step.round().jobId()).orElseThrow();
        Map<String, Participation> participations = jobs.participations(job.id()).stream()
                .collect(Collectors.toMap(Participation::nodeId, Function.identity()));
        Weights base = models.weights(step.round().baseDigest(), step.job().model());
        double[] weights = weights(step, participations);
        List<FedAvg.Part> parts = new ArrayList<>();
        for (Contribution c : step.admitted()) {
            UpdateEnvelope envelope = UpdateEnvelope.parse(
                    storage.updates().read(c.envelopeDigest().orElseThrow()));
            Weights update = inspector.open(
                    job.id(),
                    step.job(),
                    envelope,
                    step.job().training().strategy().maxUpdateNorm());
            parts.add(new FedAvg.Part(weights[parts.size()], values(update)));
        }
        Map<String, float[]> next = values(base);
        Map<String, float[]> trained = new LinkedHashMap<>(next);
        trained.keySet().retainAll(parts.get(0).difference().keySet());
        FedAvg.Next averaged =
                FedAvg.next(trained, parts, step.job().training().strategy().serverLearningRate());
        if (averaged instanceof FedAvg.Next.OutOfRange bad) {
            return new Outcome.Failed(
                    "the aggregate of " + bad.parameter() + ": expected " + PlanRanges.WEIGHTS + ", got another");
        }
        next.putAll(((FedAvg.Next.Model) averaged).values());
        return new Outcome.Stored(models.store(
                Weights.of(step.job().model(), next),
                step.job().model(),
                job.id(),
                step.round().number()));
    }

    /** Declared rows, or shares within the job's cap. */
    private static double[] weights(Aggregate step, Map<String, Participation> participations) {
        double[] rows = step.admitted().stream()
                .mapToDouble(c -> participations.get(c.nodeId()).plan().declaredRows())
                .toArray();
        return step.job().maxShare().isPresent()
                ? ShareCap.apply(rows, step.job().maxShare().getAsDouble())
                : rows;
    }

    private static Map<String, float[]> values(Weights weights) {
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.names().forEach(name -> values.put(name, weights.get(name)));
        return values;
    }
}
