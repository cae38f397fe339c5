package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class ProgressTextTest {
    private static JsonNode json(String text) {
        return Json.read(text.replace('\'', '"'));
    }

    @Test
    void update_closedRound_isToldOnceWithItsMetricsAndEpsilons() {
        JsonNode job = json("{'rounds_total': 2, 'nodes': [{'node_id': 'a', 'epsilon': 1.0, 'limit': 3.0}]}");
        JsonNode rounds = json("[{'round': 1, 'attempt': 1, 'state': 'CLOSED', 'duration_ms': 1500,"
                + " 'participants': ['a'], 'metrics': {'loss': 0.51, 'accuracy': 0.8}}]");
        ProgressText progress = new ProgressText();

        assertThat(progress.update(job, rounds))
                .containsExactly("round 1/2  1 in  1.5 s  loss 0.510  accuracy 0.800  eps a 1.00/3.00  about 2 s left");
        assertThat(progress.update(job, rounds)).isEmpty();
    }
}
