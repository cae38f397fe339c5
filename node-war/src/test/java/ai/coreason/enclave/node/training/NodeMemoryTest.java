package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import org.junit.jupiter.api.Test;

class NodeMemoryTest {
    /** 46 million parameters: 186 MB. */
    private static final ModelGraph LARGE = ModelGraph.parse(Json.read("""
            {"format": "coreason.graph/v1", "inputs": [{"name": "x", "dtype": "float32", "shape": [784]}],
             "nodes": [{"name": "a", "op": "linear", "in": ["x"], "out_features": 6400, "bias": true},
                       {"name": "b", "op": "linear", "in": ["a"], "out_features": 6400, "bias": true},
                       {"name": "c", "op": "linear", "in": ["b"], "out_features": 10, "bias": true}],
             "output": "c", "loss": "cross_entropy"}
            """), "model");

    @Test
    void require_modelLargerThanTheHeapTakes_isDeclinedByFigure() {
        assertThatThrownBy(() -> new NodeMemory(1L << 30).require(LARGE))
                .isInstanceOfSatisfying(
                        Declined.class, d -> assertThat(d.reason()).isEqualTo(DeclineReason.POLICY))
                .hasMessage("model: expected at most 18175317 parameters, as this node's heap of 1024 MiB allows, got "
                        + LARGE.parameterCount());
    }

    @Test
    void require_modelThatFits_passes() {
        assertThatCode(() -> new NodeMemory(4L << 30).require(LARGE)).doesNotThrowAnyException();
    }

    @Test
    void require_heapBelowWhatIsReserved_declinesEverything() {
        assertThatThrownBy(() -> new NodeMemory(64L << 20).require(LARGE)).isInstanceOf(Declined.class);
    }
}
