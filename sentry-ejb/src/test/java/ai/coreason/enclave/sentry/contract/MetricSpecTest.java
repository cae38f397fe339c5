package ai.coreason.enclave.sentry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.plan.EarlyStopping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.Metric;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.MetricSpec;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricSpecTest {
    private static FederationJob job(String metrics, String privacy, String training) {
        ObjectNode json = Jobs.full();
        json.set("metrics", Json.read(metrics.replace('\'', '"')));
        ((ObjectNode) json.get("privacy")).setAll((ObjectNode) Json.read(privacy.replace('\'', '"')));
        ((ObjectNode) json.get("training")).setAll((ObjectNode) Json.read(training.replace('\'', '"')));
        return FederationJob.parse(json, JobRules.inSimulation());
    }

    @Test
    void beside_nothingSaid_hasFourTimesTheGradientsNoiseAndTwiceTheLossOfChance() {
        MetricRelease release =
                job("['loss', 'accuracy']", "{}", "{}").metrics().beside(Mechanism.DP_SGD, 1.5);

        assertThat(release.metrics()).containsExactly(Metric.LOSS, Metric.ACCURACY);
        assertThat(release.noiseMultiplier()).isEqualTo(6);
        assertThat(release.largestLoss()).isCloseTo(2 * Math.log(2), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{}", "{'metric_noise_multiplier': 9.0}"})
    void gradientNoise_withTheMetricsBeside_costsWhatWasAskedFor(String privacy) {
        MetricSpec spec = job("['loss', 'accuracy']", privacy, "{}").metrics();

        double gradient = spec.gradientNoise(1.3);

        assertThat(gradient).isGreaterThan(1.3);
        assertThat(spec.beside(Mechanism.DP_SGD, gradient).together(gradient)).isCloseTo(1.3, within(1e-12));
    }

    @Test
    void gradientNoise_metricsThatCostEverything_areRefused() {
        MetricSpec spec =
                job("['accuracy']", "{'metric_noise_multiplier': 1.2}", "{}").metrics();

        assertThatThrownBy(() -> spec.gradientNoise(1.3))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("privacy.metric_noise_multiplier: expected above 1.3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | {'metric_noise_multiplier': 1.0} | {} | privacy.metric_noise_multiplier: expected nothing",
                "['accuracy'] | {'max_loss': 1.0} | {} | privacy.max_loss: expected nothing",
                "['loss'] | {'max_loss': 0.0} | {} | privacy.max_loss: expected a number",
                "['loss'] | {} | {'early_stopping': {'metric': 'accuracy', 'patience': 2}} | training.early_stopping.metric",
                "['loss'] | {} | {'early_stopping': {'metric': 'loss', 'patience': 0}} | training.early_stopping.patience",
            })
    void parse_metricsAtOddsWithTheJob_namesTheMember(String metrics, String privacy, String training, String message) {
        assertThatThrownBy(() -> job(metrics, privacy, training))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void stops_onlyOnceNothingGotBetterForItsPatience() {
        EarlyStopping rule = new EarlyStopping(Metric.LOSS, 2, 0.01);

        assertThat(rule.stops(List.of())).isFalse();
        assertThat(rule.stops(List.of(0.7, 0.6, 0.595))).isFalse();
        assertThat(rule.stops(List.of(0.7, 0.6, 0.595, 0.7))).isTrue();
        assertThat(rule.stops(List.of(0.7, 0.6, 0.65, 0.5))).isFalse();
        assertThat(new EarlyStopping(Metric.ACCURACY, 1, 0).stops(List.of(0.7, 0.6)))
                .isTrue();
    }
}
