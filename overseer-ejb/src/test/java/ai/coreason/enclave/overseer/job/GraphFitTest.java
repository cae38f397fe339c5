package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphFitTest {
    private static FederationJob job(String encode, int inputs, int outputs) {
        return FederationJob.parse(Json.read("""
                        {"clients": ["a"], "min_clients": 1, "rounds": 1, "strategy": "FED_AVG",
                         "privacy": {"noise_multiplier": 1.0, "max_grad_norm": 1.0, "target_epsilon": 3.0},
                         "dataset": {"name": "d", "label": {"field": "y", "encode": "binary"},
                           "features": [{"field": "p", "encode": "identity"}, {"field": "q", "encode": "%s"}]},
                         "training": {"optimizer": "SGD", "learning_rate": 0.1, "local_steps": 1, "batch_size": 1},
                         "model": {"format": "coreason.graph/v1", "output": "fc", "loss": "bce_with_logits",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [%d]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": %d}]}}
                        """.formatted(encode, inputs, outputs)), JobRules.production());
    }

    @ParameterizedTest
    @CsvSource({"identity, 2", "one_hot, 2", "one_hot, 9"})
    void require_asManyInputsAsFeaturesGive_passes(String encode, int inputs) {
        assertThatCode(() -> GraphFit.require(job(encode, inputs, 1))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"identity, 1, 2 values", "identity, 3, 2 values", "one_hot, 1, at least 2 values"})
    void require_otherInputs_isRefused(String encode, int inputs, String expected) {
        assertThatThrownBy(() -> GraphFit.require(job(encode, inputs, 1)))
                .hasMessage(
                        "model.inputs[0].shape: expected " + expected + ", as dataset.features gives, got " + inputs);
    }

    private static PublicDictionary told(String values) {
        return PublicDictionary.parse(Json.read("""
                [{"names": ["p"], "type": "number"}, {"names": ["q"], "type": "string"%s}]
                """.formatted(values)));
    }

    @Test
    void require_valuesThatSitesTold_countsThemExactly() {
        PublicDictionary three = told(", \"enum\": [\"a\", \"b\", \"c\"]");

        assertThatCode(() -> GraphFit.require(job("one_hot", 4, 1), three)).doesNotThrowAnyException();
        assertThatThrownBy(() -> GraphFit.require(job("one_hot", 5, 1), three))
                .hasMessage("model.inputs[0].shape: expected 4 values, as dataset.features gives by the sites'"
                        + " dictionaries, got 5");
        assertThatCode(() -> GraphFit.require(job("one_hot", 5, 1), told(""))).doesNotThrowAnyException();
    }

    @Test
    void require_twoOutputsForOneBinaryLabel_isRefused() {
        assertThatThrownBy(() -> GraphFit.require(job("identity", 2, 2)))
                .hasMessage("model.output: expected 1 value, as dataset.label has, got 2");
    }
}
