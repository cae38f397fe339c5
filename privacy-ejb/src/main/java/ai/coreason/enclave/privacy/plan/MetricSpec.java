package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The training metrics that a job asks for. Each is charged together with the gradient, see {@link MetricRelease}.
 *
 * @param metrics none by default
 * @param noiseMultiplier of each metric, &gt; 0; empty means {@link MetricRelease#USUAL_RATIO} times the gradient's
 * @param largestLoss what a loss is clipped to; 0 where the loss is not asked for
 */
public record MetricSpec(Set<Metric> metrics, OptionalDouble noiseMultiplier, double largestLoss) {
    /** Copies the set. */
    public MetricSpec {
        metrics = Collections.unmodifiableSet(new LinkedHashSet<>(metrics));
    }

    /**
     * Reads {@code metrics} of a job.
     *
     * @throws InvalidDocument if a metric does not fit the model, or a member is said that no metric uses
     */
    public static MetricSpec read(JsonFields job, PrivacySpec privacy, ModelGraph model) {
        Set<Metric> names = job.has("metrics") ? MetricRelease.names(job, "metrics") : Set.of();
        boolean loss = names.contains(Metric.LOSS);
        refuseUnused(job, "metric_noise_multiplier", privacy.metricNoiseMultiplier(), !names.isEmpty());
        refuseUnused(job, "max_loss", privacy.maxLoss(), loss);
        if (names.contains(Metric.ACCURACY) && !classifies(model)) {
            throw InvalidDocument.at(
                    job.at("metrics"),
                    "accuracy only of a model that classifies",
                    "one with loss " + model.loss().wire());
        }
        return new MetricSpec(names, privacy.metricNoiseMultiplier(), loss ? largestLoss(job, privacy, model) : 0);
    }

    /** The release beside a gradient of a given noise multiplier. */
    public MetricRelease beside(Mechanism mechanism, double gradientNoise) {
        if (metrics.isEmpty()) {
            return MetricRelease.NONE;
        }
        double noise =
                mechanism == Mechanism.NONE ? 0 : noiseMultiplier.orElse(MetricRelease.USUAL_RATIO * gradientNoise);
        return new MetricRelease(metrics, noise, largestLoss);
    }

    /**
     * The gradient's noise multiplier that, with these metrics beside it, costs as much as a given one alone.
     *
     * @throws InvalidDocument if the metrics alone cost more
     */
    public double gradientNoise(double together) {
        if (metrics.isEmpty()) {
            return together;
        }
        if (noiseMultiplier.isEmpty()) {
            double ratio = MetricRelease.USUAL_RATIO;
            return together * Math.sqrt(1 + metrics.size() / (ratio * ratio));
        }
        double sigma = noiseMultiplier.getAsDouble();
        double left = 1 / (together * together) - metrics.size() / (sigma * sigma);
        if (!(left > 0)) {
            throw InvalidDocument.at(
                    "privacy.metric_noise_multiplier",
                    "above " + together * Math.sqrt(metrics.size())
                            + ", so that target_epsilon leaves something for the model",
                    sigma);
        }
        return 1 / Math.sqrt(left);
    }

    private static void refuseUnused(JsonFields job, String member, OptionalDouble value, boolean used) {
        if (value.isPresent() && !used) {
            throw InvalidDocument.at(job.at("privacy." + member), "nothing, as no metric uses it", value.getAsDouble());
        }
    }

    private static boolean classifies(ModelGraph model) {
        return switch (model.loss()) {
            case CROSS_ENTROPY -> true;
            case BCE_WITH_LOGITS -> Shape.of(model.outputShape()).size() == 1;
            case MSE -> false;
        };
    }

    /** Twice the loss of a model that gives every class the same chance, where a loss has classes. */
    private static double largestLoss(JsonFields job, PrivacySpec privacy, ModelGraph model) {
        if (privacy.maxLoss().isPresent()) {
            return privacy.maxLoss().getAsDouble();
        }
        if (model.loss() == LossKind.MSE) {
            throw InvalidDocument.at(
                    job.at("privacy.max_loss"), "a bound of the loss, since mse has none of its own", "nothing");
        }
        long classes = model.loss() == LossKind.CROSS_ENTROPY ? model.outputShape()[0] : 2;
        return 2 * Math.log(classes);
    }
}
