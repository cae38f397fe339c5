package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import java.util.List;

/**
 * Ends a job before its last round once a released metric has stopped getting better. The metric was charged when it left
 * the nodes, so deciding on it costs nothing.
 *
 * @param metric falling loss or rising accuracy
 * @param patience rounds without a gain that are waited for, 1 to 1,000
 * @param minDelta what counts as a gain, at least 0
 */
public record EarlyStopping(Metric metric, long patience, double minDelta) {
    private static final long MAX_PATIENCE = 1_000;

    static EarlyStopping read(JsonFields f) {
        EarlyStopping stop = new EarlyStopping(
                Metric.valueOf(f.text("metric", "loss or accuracy", s -> s.equals("loss") || s.equals("accuracy"))
                        .toUpperCase(java.util.Locale.ROOT)),
                f.whole("patience", 1, MAX_PATIENCE),
                f.number("min_delta", Range.nonNegative(), 0));
        f.end();
        return stop;
    }

    /**
     * Whether to stop.
     *
     * @param history the metric of every closed round, the first round first
     */
    public boolean stops(List<Double> history) {
        double best = Double.NEGATIVE_INFINITY;
        long since = 0;
        for (double value : history) {
            double gain = metric == Metric.LOSS ? -value : value;
            if (gain > best + minDelta) {
                best = gain;
                since = 0;
            } else {
                since++;
            }
        }
        return since >= patience;
    }
}
