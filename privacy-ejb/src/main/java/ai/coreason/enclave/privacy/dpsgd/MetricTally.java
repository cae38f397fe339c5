package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.noise.SecureNoise;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.EnumMap;
import java.util.Map;

/** The noised sums of a plan's metrics over its steps, see {@link MetricRelease}. Not thread-safe. */
final class MetricTally {
    private final MetricRelease release;
    private final double count;
    private final double[] sums = new double[Metric.values().length];

    MetricTally(TrainingPlan plan) {
        this.release = plan.metrics();
        this.count = plan.normaliser() * plan.steps();
    }

    /**
     * Takes one step's sums.
     *
     * @param step by {@link Metric#ordinal()}
     * @param noise that nothing else reads
     */
    void add(double[] step, SecureNoise noise) {
        for (Metric metric : release.metrics()) {
            double scale = release.noiseMultiplier() * release.bound(metric);
            sums[metric.ordinal()] += noise.noised(step[metric.ordinal()], scale);
        }
    }

    /** The noised sum of a metric so far. */
    double sum(Metric metric) {
        return sums[metric.ordinal()];
    }

    /** The means over steps and the expected batch, each moved into [0, its bound]. */
    Map<Metric, Double> released() {
        Map<Metric, Double> out = new EnumMap<>(Metric.class);
        for (Metric metric : release.metrics()) {
            double mean = sums[metric.ordinal()] / count;
            out.put(metric, Math.max(0, Math.min(release.bound(metric), mean)));
        }
        return out;
    }
}
