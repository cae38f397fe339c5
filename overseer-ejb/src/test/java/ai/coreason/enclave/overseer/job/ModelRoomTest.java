package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import org.junit.jupiter.api.Test;

class ModelRoomTest {
    private static final ModelGraph LARGE = ModelGraph.parse(Json.read("""
            {"format": "coreason.graph/v1", "inputs": [{"name": "x", "dtype": "float32", "shape": [9990]}],
             "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 9990, "bias": false}],
             "output": "fc", "loss": "mse"}
            """), "model");

    @Test
    void require_modelThatTheHeapDoesNotHold_isRefusedByFigure() {
        assertThatThrownBy(() -> new ModelRoom(2L << 30, 1L << 40).require(LARGE, 4))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(
                        "model: expected at most 26843545 parameters for 4 nodes, as this Overseer's memory of 2048 MiB"
                                + " allows, got 99800100");
    }

    @Test
    void require_modelThatTheDiskDoesNotHold_isRefusedByFigure() {
        assertThatThrownBy(() -> new ModelRoom(1L << 40, 1L << 30).require(LARGE, 4))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("free disk of 1024 MiB");
    }

    @Test
    void require_modelThatFits_passes() {
        assertThatCode(() -> new ModelRoom(1L << 40, 1L << 40).require(LARGE, 4))
                .doesNotThrowAnyException();
    }
}
