package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.overseer.vault.ModelStore;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.privacy.plan.UpdateBound;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How long a node's update may be: what its plan permits, or the job's {@code max_update_norm} where that is less. Thread-safe;
 * remembers the norms of the last base models.
 */
@ApplicationScoped
public class UpdateLimits {
    private static final int REMEMBERED = 64;
    private static final MathContext THREE_FIGURES = new MathContext(3, RoundingMode.CEILING);

    private final Map<String, Double> norms = new LinkedHashMap<>();
    private ModelStore models;

    /** For the container's proxies. */
    protected UpdateLimits() {}

    /** Limits by base models in the store. */
    @Inject
    public UpdateLimits(ModelStore models) {
        this.models = models;
    }

    /**
     * The largest L2 norm of an update, to three figures; empty where nothing limits it.
     *
     * @param plan what the node trains with
     * @param baseDigest the model that it starts from
     */
    public OptionalDouble of(FederationJob job, TrainingPlan plan, String baseDigest) {
        OptionalDouble own = job.training().strategy().maxUpdateNorm();
        if (plan.mechanism() == Mechanism.NONE) {
            return own;
        }
        long size = job.model().parameters().stream()
                .filter(ParameterSpec::trainable)
                .mapToLong(ParameterSpec::size)
                .sum();
        double bound =
                UpdateBound.of(plan, size, baseNorm(job.model(), baseDigest)).orElseThrow();
        double permitted = Double.isFinite(bound)
                ? new BigDecimal(bound).round(THREE_FIGURES).doubleValue()
                : bound;
        return OptionalDouble.of(Math.min(permitted, own.orElse(Double.POSITIVE_INFINITY)));
    }

    private double baseNorm(ModelGraph graph, String digest) {
        String key = digest + graph.digest();
        synchronized (norms) {
            if (norms.containsKey(key)) {
                return norms.get(key);
            }
        }
        double norm = norm(graph, models.file(digest));
        synchronized (norms) {
            norms.put(key, norm);
            if (norms.size() > REMEMBERED) {
                norms.remove(norms.keySet().iterator().next());
            }
        }
        return norm;
    }

    private static double norm(ModelGraph graph, Safetensors model) {
        double squares = 0;
        for (ParameterSpec parameter : graph.parameters()) {
            if (parameter.trainable()) {
                Tensor values = model.tensor(parameter.name()).orElseThrow();
                for (int i = 0; i < values.count(); i++) {
                    double w = values.at(i);
                    squares += w * w;
                }
            }
        }
        return Math.sqrt(squares);
    }
}
