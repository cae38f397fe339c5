package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which metrics a plan releases, and with how much noise. In every step each metric is a sum over the step's Poisson
 * batch to which one example adds at most its bound; Gaussian noise of standard deviation noise multiplier times bound is
 * added. Gradient and metrics of one batch, each divided by its own noise, are one Gaussian mechanism of unit noise whose
 * sensitivity is the root of the sum of squares: it costs as much as a gradient alone with
 * sigma_eff = (sigma_g^-2 + k sigma_m^-2)^(-1/2), k metrics. What is told of a round, the mean over its steps, follows from
 * these and costs nothing more.
 *
 * @param metrics none twice, in the order of their declaration
 * @param noiseMultiplier sigma_m; above 0, or 0 where there is no metric or no mechanism
 * @param largestLoss what a loss is clipped to, within {@link PlanRanges#LARGEST_LOSS}; 0 where the loss is not released
 */
public record MetricRelease(Set<Metric> metrics, double noiseMultiplier, double largestLoss) {
    /** No metric leaves. */
    public static final MetricRelease NONE = new MetricRelease(Set.of(), 0, 0);

    /** How much more noise a metric has than the gradient where nobody says otherwise: two of them raise ε by about 6 %. */
    public static final double USUAL_RATIO = 4;

    /**
     * Copies the set.
     *
     * @throws IllegalArgumentException naming the member out of its range
     */
    public MetricRelease {
        metrics =
                Collections.unmodifiableSet(metrics.isEmpty() ? EnumSet.noneOf(Metric.class) : EnumSet.copyOf(metrics));
        require("metrics.noise_multiplier", !metrics.isEmpty() || noiseMultiplier == 0, noiseMultiplier);
        require("metrics.noise_multiplier", noiseMultiplier >= 0 && Double.isFinite(noiseMultiplier), noiseMultiplier);
        boolean loss = metrics.contains(Metric.LOSS);
        require(
                "metrics.largest_loss",
                loss ? PlanRanges.LARGEST_LOSS.holds(largestLoss) : largestLoss == 0,
                largestLoss);
    }

    /** The noise multiplier that gradient and metrics of one batch have together. */
    public double together(double gradientNoise) {
        return metrics.isEmpty()
                ? gradientNoise
                : 1
                        / Math.sqrt(1 / (gradientNoise * gradientNoise)
                                + metrics.size() / (noiseMultiplier * noiseMultiplier));
    }

    /** What is wrong with released figures: other metrics than these, or a figure out of its range; empty if nothing. */
    public Optional<String> objection(Map<Metric, Double> figures) {
        if (!figures.keySet().equals(metrics)) {
            return Optional.of("metrics: expected " + metrics + ", got " + figures.keySet());
        }
        return metrics.stream()
                .filter(m -> !(figures.get(m) >= 0 && figures.get(m) <= bound(m)))
                .map(m -> "metrics." + m.wire() + ": expected a number in [0, " + bound(m) + "], got " + figures.get(m))
                .findFirst();
    }

    /** How far one example can move a metric's sum. */
    public double bound(Metric metric) {
        return metric == Metric.LOSS ? largestLoss : 1;
    }

    /** Reads the member {@code metrics} of a plan; nothing leaves where it is left out. */
    static MetricRelease read(JsonFields plan, Mechanism mechanism) {
        if (!plan.has("metrics")) {
            return NONE;
        }
        JsonFields f = plan.object("metrics");
        Set<Metric> names = names(f, "names");
        if (names.isEmpty()) {
            throw InvalidDocument.at(f.at("names"), "at least one metric", "none");
        }
        boolean loss = names.contains(Metric.LOSS);
        MetricRelease release = new MetricRelease(
                names,
                f.number(
                        "noise_multiplier",
                        mechanism == Mechanism.NONE ? Range.closed(0, 0) : PlanRanges.NOISE_MULTIPLIER),
                loss ? f.number("largest_loss", PlanRanges.LARGEST_LOSS) : 0);
        f.end();
        return release;
    }

    /**
     * Reads an array of names of metrics.
     *
     * @throws InvalidDocument if one is unknown or there twice
     */
    public static Set<Metric> names(JsonFields f, String member) {
        EnumSet<Metric> out = EnumSet.noneOf(Metric.class);
        List<Metric> listed = f.list(member, "an array of names of metrics", MetricRelease::metric);
        for (int i = 0; i < listed.size(); i++) {
            if (!out.add(listed.get(i))) {
                throw InvalidDocument.at(
                        f.at(member + "[" + i + "]"),
                        "every metric once",
                        listed.get(i).wire());
            }
        }
        return out;
    }

    /** The release as the plan's member. */
    ObjectNode json() {
        ObjectNode json = Json.object();
        ArrayNode names = json.putArray("names");
        metrics.forEach(m -> names.add(m.wire()));
        json.put("noise_multiplier", noiseMultiplier);
        if (metrics.contains(Metric.LOSS)) {
            json.put("largest_loss", largestLoss);
        }
        return json;
    }

    private static Metric metric(JsonNode value, String at) {
        for (Metric metric : Metric.values()) {
            if (value.isTextual() && value.textValue().equals(metric.wire())) {
                return metric;
            }
        }
        throw InvalidDocument.at(at, "loss or accuracy", JsonFields.describe(value));
    }

    private static void require(String name, boolean holds, double came) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected a number in its range, got " + came);
        }
    }
}
