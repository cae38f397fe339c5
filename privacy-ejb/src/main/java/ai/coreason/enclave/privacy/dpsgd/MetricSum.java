package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.privacy.plan.MetricRelease;

/**
 * The sums of one step's metrics over its units. What a unit adds, a number in [0, the metric's bound], is rounded to a whole number of
 * 2^-{@value #BITS} of the bound, so that no sum over less than 2^32 units rounds: a unit moves it by at most the bound, whatever
 * the others. Not thread-safe.
 */
final class MetricSum {
    private static final int BITS = 30;

    private final MetricRelease release;
    private final long[] sums = new long[Metric.values().length];

    MetricSum(MetricRelease release) {
        this.release = release;
    }

    /**
     * Adds the units of a call that count.
     *
     * @param scores [2, examples of the call]: losses and hits
     */
    void add(UnitCalls.Call call, double[] scores) {
        float[] parts = call.parts();
        for (int u = 0; u < call.units().length; u++) {
            for (Metric metric : release.metrics()) {
                int row = metric == Metric.LOSS ? 0 : scores.length / 2;
                double mean = 0;
                for (int i = u * call.width(); i < (u + 1) * call.width(); i++) {
                    mean += parts[i] == 0 ? 0 : parts[i] * share(metric, scores[row + i]);
                }
                sums[metric.ordinal()] += Math.min(1L << BITS, Math.round(mean * (1L << BITS)));
            }
        }
    }

    /** A score as a share of its bound, in [0, 1]. */
    private double share(Metric metric, double score) {
        return score >= 0 ? Math.min(1, score / release.bound(metric)) : Double.isNaN(score) ? 1 : 0;
    }

    /** The sums by {@link Metric#ordinal()}. */
    double[] sums() {
        double[] out = new double[sums.length];
        for (Metric metric : release.metrics()) {
            out[metric.ordinal()] = sums[metric.ordinal()] * release.bound(metric) / (1L << BITS);
        }
        return out;
    }
}
