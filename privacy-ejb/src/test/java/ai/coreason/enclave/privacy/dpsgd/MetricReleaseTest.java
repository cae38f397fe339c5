package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.KeyStream;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.noise.SecureNoise;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricReleaseTest {
    private static final ModelGraph CLASSES =
            Graphs.graph("[1]", "fc", "cross_entropy", "{'name':'fc','op':'linear','in':['x'],'out_features':2}");
    private static final ModelGraph LOGISTIC =
            Graphs.graph("[1]", "fc", "bce_with_logits", "{'name':'fc','op':'linear','in':['x'],'out_features':1}");
    private static final Set<Metric> BOTH = Set.of(Metric.LOSS, Metric.ACCURACY);

    private static TrainingPlan plan(
            Mechanism mechanism, long steps, double q, double sigma, double n, MetricRelease m) {
        return new TrainingPlan(
                mechanism, steps, q, sigma, 1, Clipping.FLAT, n, 1e-9, Optimizer.PLAIN, m, NoiseForm.GAUSSIAN);
    }

    private static Map<Metric, Double> measured(ModelGraph graph, float[] weights, Examples data, TrainingPlan plan) {
        int outputs = (int) graph.outputShape()[0];
        float[] bias = new float[outputs];
        try (DpSgdTrainer trainer = new DpSgdTrainer(graph)) {
            return trainer.trainAndMeasure(
                            Weights.of(graph, Map.of("fc.weight", weights, "fc.bias", bias)),
                            data,
                            plan,
                            NoiseKeys.fresh(),
                            Progress.NONE)
                    .metrics();
        }
    }

    private static double logistic(double margin) {
        return Math.log1p(Math.exp(-margin));
    }

    @Test
    void metrics_ofLogisticModelWithoutNoise_areMeansOverTheBatch() {
        Examples data = Examples.of(new long[] {1}, new float[] {2, -1, 0.5f, 30}, new float[] {1, 1, 0, 0});
        MetricRelease release = new MetricRelease(BOTH, 0, 3);

        Map<Metric, Double> out = measured(LOGISTIC, new float[] {1}, data, plan(Mechanism.NONE, 2, 1, 0, 4, release));

        double loss = (logistic(2) + logistic(-1) + logistic(-0.5) + 3) / 4;
        assertThat(out.get(Metric.LOSS)).isCloseTo(loss, within(1e-6));
        assertThat(out.get(Metric.ACCURACY)).isEqualTo(0.25);
    }

    @Test
    void metrics_ofClassesWithoutNoise_areMeansOverTheExpectedBatch() {
        Examples data = Examples.of(new long[] {1}, new float[] {2, -1, 1}, new long[] {1, 0, 0});
        MetricRelease release = new MetricRelease(BOTH, 0, 100);

        Map<Metric, Double> out =
                measured(CLASSES, new float[] {0, 1}, data, plan(Mechanism.NONE, 1, 1, 0, 6, release));

        assertThat(out.get(Metric.LOSS)).isCloseTo((logistic(2) + logistic(1) + logistic(-1)) / 6, within(1e-6));
        assertThat(out.get(Metric.ACCURACY)).isCloseTo(2 / 6.0, within(1e-12));
    }

    @Test
    void metrics_lossThatIsNoNumber_countsAsLargest() {
        Examples data = Examples.of(new long[] {1}, new float[] {Float.NaN, 0}, new float[] {1, 1});

        Map<Metric, Double> out = measured(
                LOGISTIC,
                new float[] {1},
                data,
                plan(Mechanism.NONE, 1, 1, 0, 2, new MetricRelease(Set.of(Metric.LOSS), 0, 3)));

        assertThat(out).containsOnlyKeys(Metric.LOSS);
        assertThat(out.get(Metric.LOSS)).isCloseTo((3 + Math.log(2)) / 2, within(1e-6));
    }

    /** 4,000 draws: a right variance fails this once in 10^9 runs (normal approximation of chi-square, 6.1 sigma). */
    @Test
    void metrics_noise_hasTheStatedVariance() {
        TrainingPlan plan = plan(Mechanism.DP_SGD, 1, 1e-12, 1, 1, new MetricRelease(BOTH, 5, 2));
        double squares = 0;
        int draws = 4_000;
        for (int i = 0; i < draws; i++) {
            MetricTally tally = new MetricTally(plan);
            double[] far = {1_000, 0};
            tally.add(far, new SecureNoise(new KeyStream(NoiseKeys.fresh().metrics(1)), NoiseForm.GAUSSIAN));
            double noise = tally.sum(Metric.LOSS) - far[0];
            squares += noise * noise;
        }
        assertThat(squares / draws / 100).isCloseTo(1, within(6.1 * Math.sqrt(2.0 / draws)));
    }

    /**
     * Two losses far beyond the largest that may be released: each counts as that, and the sum does not saturate a third time.
     */
    @Test
    void metrics_twoSaturatingRecords_addTheirBoundEach() {
        Examples data = Examples.of(new long[] {1}, new float[] {-3e38f, -3e38f}, new float[] {1, 1});
        MetricRelease release = new MetricRelease(Set.of(Metric.LOSS), 0, 1e4);

        Map<Metric, Double> out = measured(LOGISTIC, new float[] {1}, data, plan(Mechanism.NONE, 1, 1, 0, 4, release));

        assertThat(out.get(Metric.LOSS)).isEqualTo(5e3);
        assertThatThrownBy(() -> new MetricRelease(Set.of(Metric.LOSS), 1, 3e38))
                .hasMessageStartingWith("metrics.largest_loss: expected");
    }

    /**
     * Whatever lies under it, a noised sum is a whole number of steps of the noise's grid: no low bit tells a sum of none from one of
     * one. Without the grid nearly every sum has bits below it.
     */
    @Test
    void metrics_lowBits_areTheGridsWhateverTheSum() {
        MetricRelease release = new MetricRelease(Set.of(Metric.ACCURACY), 4, 0);
        TrainingPlan plan = plan(Mechanism.DP_SGD, 1, 1, 1, 1, release);
        SecureNoise noise = new SecureNoise(new KeyStream(NoiseKeys.fresh().metrics(1)), NoiseForm.GAUSSIAN);
        for (double sum : new double[] {0, 1, 1 / 3.0, 2e9 + 0.1}) {
            for (int i = 0; i < 2_000; i++) {
                MetricTally tally = new MetricTally(plan);
                tally.add(new double[] {0, sum}, noise);
                double steps = tally.sum(Metric.ACCURACY) * 0x1p18;
                assertThat(steps).isEqualTo(Math.rint(steps));
            }
        }
    }

    /** Any order, any number of others: a unit moves the sum by the same, at most its bound. */
    @Test
    void metricSum_withAndWithoutAUnit_differsByItsOwnShareExactly() {
        MetricRelease release = new MetricRelease(Set.of(Metric.LOSS), 1, 0.7);
        java.util.SplittableRandom random = new java.util.SplittableRandom(3);
        double[] losses = random.doubles(200, 0, 1).toArray();
        double own = sum(release, losses[0]);
        for (int others = 1; others < 200; others++) {
            double[] without = java.util.Arrays.copyOfRange(losses, 1, 1 + others);
            double[] with = java.util.Arrays.copyOfRange(losses, 0, 1 + others);
            assertThat(sum(release, with) - sum(release, without)).isCloseTo(own, within(1e-13));
        }
        assertThat(sum(release, 5)).isEqualTo(0.7);
        assertThat(sum(release, Double.NaN)).isEqualTo(0.7);
        assertThat(sum(release, Double.NEGATIVE_INFINITY)).isZero();
    }

    private static double sum(MetricRelease release, double... losses) {
        MetricSum sum = new MetricSum(release);
        long[][] units = new long[losses.length][1];
        sum.add(new UnitCalls.Call(units, 1, losses.length), java.util.Arrays.copyOf(losses, 2 * losses.length));
        return sum.sums()[Metric.LOSS.ordinal()];
    }

    @Test
    void phase_withMetrics_costsMoreThanTheGradientAlone() {
        TrainingPlan plan = plan(Mechanism.DP_SGD, 10, 0.1, 1, 1, new MetricRelease(BOTH, 4, 2));

        assertThat(plan.phase()).contains(new Phase(0.1, 1 / Math.sqrt(1 + 2 / 16.0), 10));
    }

    @Test
    void plan_withMetrics_isReadAsItWasWritten() {
        TrainingPlan plan = plan(Mechanism.DP_SGD, 10, 0.1, 1, 1, new MetricRelease(BOTH, 4, 2));

        assertThat(TrainingPlan.parse(Json.read(Json.write(plan.json())), "plan"))
                .isEqualTo(plan);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"names\": [], \"noise_multiplier\": 1} | metrics.names",
                "{\"names\": [\"loss\"], \"noise_multiplier\": 0, \"largest_loss\": 1} | metrics.noise_multiplier",
                "{\"names\": [\"loss\"], \"noise_multiplier\": 1} | metrics.largest_loss",
                "{\"names\": [\"accuracy\"], \"noise_multiplier\": 1, \"largest_loss\": 1} | metrics.largest_loss",
                "{\"names\": [\"recall\"], \"noise_multiplier\": 1} | metrics.names[0]",
            })
    void parse_illegalMetrics_namesTheMember(String metrics, String field) {
        var json = plan(Mechanism.DP_SGD, 1, 1, 1, 1, MetricRelease.NONE).json();
        json.set("metrics", Json.read(metrics));

        assertThatThrownBy(() -> TrainingPlan.parse(json, ""))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(field);
    }

    @Test
    void objection_otherMetricOrFigureOutOfRange_isNamed() {
        MetricRelease release = new MetricRelease(BOTH, 4, 2);

        assertThat(release.objection(Map.of(Metric.LOSS, 2.0, Metric.ACCURACY, 0.0)))
                .isEmpty();
        assertThat(release.objection(Map.of(Metric.LOSS, 1.0)).orElseThrow()).startsWith("metrics: expected");
        assertThat(release.objection(Map.of(Metric.LOSS, 2.1, Metric.ACCURACY, 0.0))
                        .orElseThrow())
                .startsWith("metrics.loss");
        assertThat(release.objection(Map.of(Metric.LOSS, Double.NaN, Metric.ACCURACY, 0.0)))
                .isPresent();
    }
}
