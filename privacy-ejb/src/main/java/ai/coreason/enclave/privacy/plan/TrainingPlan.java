package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * One node's training in one round. Every number is public; none depends on the data.
 *
 * @param mechanism how examples are protected
 * @param steps steps of gradient descent, each over a fresh Poisson sample; 1 to {@value #MAX_STEPS}
 * @param samplingRate q, the probability with which each example enters a step; in (0, 1]
 * @param noiseMultiplier sigma: the noise on the sum of clipped gradients has standard deviation sigma times
 *     {@code maxGradNorm}; above 0 for {@link Mechanism#DP_SGD}, 0 for {@link Mechanism#NONE}
 * @param maxGradNorm C, the norm that each example's gradient is clipped to; above 0, unused by {@link Mechanism#NONE}
 * @param clipping how it is clipped; {@link Clipping#FLAT} with {@link Mechanism#NONE}, which does not clip
 * @param normaliser what the noised sum is divided by: the expected batch, never the drawn one; above 0
 * @param learningRate above 0, before the optimizer's schedule
 * @param optimizer how the noised gradients move the weights
 * @param metrics what else is released of each step
 * @param noise how a draw of noise is made
 */
public record TrainingPlan(
        Mechanism mechanism,
        long steps,
        double samplingRate,
        double noiseMultiplier,
        double maxGradNorm,
        Clipping clipping,
        double normaliser,
        double learningRate,
        Optimizer optimizer,
        MetricRelease metrics,
        NoiseForm noise) {
    /** Most steps of one plan. */
    public static final long MAX_STEPS = 10_000_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the first member out of its range
     */
    public TrainingPlan {
        if (steps < 1 || steps > MAX_STEPS) {
            throw new IllegalArgumentException("steps: expected 1 to " + MAX_STEPS + ", got " + steps);
        }
        require("sampling_rate", Range.rate(), samplingRate);
        require("noise_multiplier", noise(mechanism), noiseMultiplier);
        require("max_grad_norm", PlanRanges.CLIP, maxGradNorm);
        if (mechanism == Mechanism.NONE && clipping != Clipping.FLAT) {
            throw new IllegalArgumentException("clipping: expected flat with mechanism NONE, got " + clipping.wire());
        }
        require("normaliser", Range.positive(), normaliser);
        require("learning_rate", PlanRanges.LEARNING_RATE, learningRate);
        optimizer.schedule().requireFit(steps, learningRate);
        if (!metrics.metrics().isEmpty()) {
            require("metrics.noise_multiplier", noise(mechanism), metrics.noiseMultiplier());
        }
    }

    /** A plan of flat clipping and plain gradient descent that releases no metric. */
    public TrainingPlan(
            Mechanism mechanism,
            long steps,
            double samplingRate,
            double noiseMultiplier,
            double maxGradNorm,
            double normaliser,
            double learningRate) {
        this(
                mechanism,
                steps,
                samplingRate,
                noiseMultiplier,
                maxGradNorm,
                Clipping.FLAT,
                normaliser,
                learningRate,
                Optimizer.PLAIN,
                MetricRelease.NONE,
                NoiseForm.GAUSSIAN);
    }

    /**
     * Reads a plan; every member is required but {@code clipping} (flat), {@code metrics} (none), {@code noise} (gaussian) and those of
     * {@link Optimizer#read}.
     *
     * @throws InvalidDocument naming the first member that is missing, unknown or out of its range
     */
    public static TrainingPlan parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        Mechanism mechanism = f.constant("mechanism", Mechanism.class);
        long steps = f.whole("steps", 1, MAX_STEPS);
        double learningRate = f.number("learning_rate", PlanRanges.LEARNING_RATE);
        TrainingPlan plan = new TrainingPlan(
                mechanism,
                steps,
                f.number("sampling_rate", Range.rate()),
                f.number("noise_multiplier", noise(mechanism)),
                f.number("max_grad_norm", PlanRanges.CLIP),
                Clipping.read(f, mechanism),
                f.number("normaliser", Range.positive()),
                learningRate,
                Optimizer.read(f, steps, learningRate),
                MetricRelease.read(f, mechanism),
                NoiseForm.read(f));
        f.end();
        return plan;
    }

    /** The plan as the shortest document that {@link #parse} reads. */
    public ObjectNode json() {
        ObjectNode json = Json.object()
                .put("mechanism", mechanism.name())
                .put("steps", steps)
                .put("sampling_rate", samplingRate)
                .put("noise_multiplier", noiseMultiplier)
                .put("max_grad_norm", maxGradNorm)
                .put("normaliser", normaliser)
                .put("learning_rate", learningRate);
        if (clipping != Clipping.FLAT) {
            json.put("clipping", clipping.wire());
        }
        optimizer.writeTo(json);
        if (!metrics.metrics().isEmpty()) {
            json.set("metrics", metrics.json());
        }
        if (noise != NoiseForm.GAUSSIAN) {
            json.put("noise", noise.wire());
        }
        return json;
    }

    /** Lower-case hex SHA-256 over the canonical document. */
    public String digest() {
        return Json.digest(json());
    }

    /** What a round of this plan costs: the mechanism of one step, metrics with it, times the steps; empty without one. */
    public Optional<Phase> phase() {
        return mechanism == Mechanism.NONE
                ? Optional.empty()
                : Optional.of(new Phase(samplingRate, metrics.together(noiseMultiplier), steps));
    }

    /** The clipping norm that is applied: infinite without a mechanism. */
    public double clip() {
        return mechanism == Mechanism.NONE ? Double.POSITIVE_INFINITY : maxGradNorm;
    }

    /** The standard deviation of the noise on the sum of gradients. */
    public double noiseScale() {
        return mechanism == Mechanism.NONE ? 0 : noiseMultiplier * maxGradNorm;
    }

    private static Range noise(Mechanism mechanism) {
        return mechanism == Mechanism.NONE ? Range.closed(0, 0) : PlanRanges.NOISE_MULTIPLIER;
    }

    private static void require(String name, Range range, double value) {
        if (!range.holds(value)) {
            throw new IllegalArgumentException(name + ": expected " + range.words() + ", got " + value);
        }
    }
}
