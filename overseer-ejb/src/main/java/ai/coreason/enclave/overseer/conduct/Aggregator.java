package ai.coreason.enclave.overseer.conduct;

import ai.coreason.enclave.overseer.aggregation.AggregationRules;
import ai.coreason.enclave.overseer.aggregation.Next;
import ai.coreason.enclave.overseer.aggregation.Part;
import ai.coreason.enclave.overseer.aggregation.ServerState;
import ai.coreason.enclave.overseer.aggregation.ShareCap;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.Participation;
import ai.coreason.enclave.overseer.load.MemoryShare;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.RoundStepper.Step.Aggregate;
import ai.coreason.enclave.overseer.update.UpdateInspector;
import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.plan.PlanRanges;
import ai.coreason.enclave.privacy.plan.StrategySpec;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.FloatBuffer;
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

    @Inject
    private ModelMemory memory;

    @Inject
    private AggregationRules rules;

    /** What an attempt's updates give. */
    public sealed interface Outcome {
        /** The next model, stored under its SHA-256. */
        record Stored(String digest) implements Outcome {}

        /** No model; why. */
        record Failed(String why) implements Outcome {}
    }

    /**
     * Computes the next model and stores it, if it is one that training may start from. Waits until there is memory for it beside what
     * else goes on.
     */
    public Outcome aggregate(Aggregate step) {
        MemoryShare.Permit permit =
                memory.aggregation(step.job().model(), step.admitted().size());
        try {
            return next(step);
        } finally {
            permit.close();
        }
    }

    private Outcome next(Aggregate step) {
        Weights base = models.weights(step.round().baseDigest(), step.job().model());
        StrategySpec settings = step.job().training().strategy();
        Next next = rules.of(settings.strategy()).next(settings, trained(base, step), ServerState.NONE, parts(step));
        if (next instanceof Next.Model model) {
            return new Outcome.Stored(models.store(
                    merged(base, model, step.job().model()),
                    step.job().model(),
                    step.round().jobId(),
                    step.round().number()));
        }
        return new Outcome.Failed("the aggregate of " + ((Next.OutOfRange) next).parameter() + ": expected "
                + PlanRanges.WEIGHTS + ", got another");
    }

    private static Map<String, FloatBuffer> trained(Weights base, Aggregate step) {
        Map<String, FloatBuffer> trained = new LinkedHashMap<>();
        step.job().model().parameters().stream()
                .filter(ParameterSpec::trainable)
                .forEach(p -> trained.put(p.name(), base.view(p.name())));
        return trained;
    }

    private List<Part> parts(Aggregate step) {
        double[] weights = weights(step);
        List<Part> parts = new ArrayList<>();
        for (Contribution c : step.admitted()) {
            parts.add(new Part(weights[parts.size()], update(step, c)::view));
        }
        return parts;
    }

    private Weights update(Aggregate step, Contribution c) {
        return inspector.open(
                step.round().jobId(),
                step.job(),
                storage.updates().read(c.envelopeDigest().orElseThrow(), UpdateEnvelope::readSealed),
                step.job().training().strategy().maxUpdateNorm());
    }

    /** The next model with the parameters that are not trained. */
    private static Weights merged(Weights base, Next.Model next, ModelGraph graph) {
        if (!next.state().isEmpty()) {
            throw new IllegalStateException("expected a rule that keeps nothing between rounds, got " + next.state());
        }
        Map<String, float[]> values = new LinkedHashMap<>(next.values());
        base.names().forEach(name -> values.computeIfAbsent(name, base::get));
        return Weights.of(graph, values);
    }

    /** Declared rows, or shares within the job's cap. */
    private double[] weights(Aggregate step) {
        Map<String, Participation> participations = jobs
                .participations(step.round().jobId())
                .stream()
                .collect(Collectors.toMap(Participation::nodeId, Function.identity()));
        double[] rows = step.admitted().stream()
                .mapToDouble(c -> participations.get(c.nodeId()).plan().declaredRows())
                .toArray();
        return step.job().maxShare().isPresent()
                ? ShareCap.apply(rows, step.job().maxShare().getAsDouble())
                : rows;
    }
}
