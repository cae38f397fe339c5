package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingPlanTest {
    private static final TrainingPlan PLAN = new TrainingPlan(Mechanism.DP_SGD, 10, 0.25, 1.1, 1, 32, 0.1);

    @Test
    void parse_ownDocument_givesTheSamePlan() {
        assertThat(TrainingPlan.parse(PLAN.json(), "plan")).isEqualTo(PLAN);
        assertThat(TrainingPlan.parse(PLAN.json(), "plan").digest()).isEqualTo(PLAN.digest());
    }

    @ParameterizedTest
    @CsvSource({
        "mechanism, \"DP\"",
        "steps, 0",
        "steps, 1.5",
        "sampling_rate, 0",
        "sampling_rate, 1.0001",
        "noise_multiplier, 0",
        "noise_multiplier, -1",
        "max_grad_norm, 0",
        "max_grad_norm, 1e999",
        "normaliser, 0",
        "learning_rate, 0",
        "learning_rate, \"0.1\"",
        "batch_size, 3"
    })
    void parse_memberOutOfRange_isRefusedByPath(String member, String value) {
        ObjectNode json = PLAN.json();
        json.set(member, Json.read(value));
        assertThatThrownBy(() -> TrainingPlan.parse(json, "plan"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("plan." + member);
    }

    @Test
    void create_outOfRange_isRefusedByMember() {
        assertThatThrownBy(() -> new TrainingPlan(Mechanism.DP_SGD, 10, 0, 1.1, 1, 32, 0.1))
                .hasMessage("sampling_rate: expected a number in (0, 1], got 0.0");
        assertThatThrownBy(() -> new TrainingPlan(Mechanism.DP_SGD, 10, 1, Double.NaN, 1, 32, 0.1))
                .hasMessageStartingWith("noise_multiplier");
        assertThatThrownBy(() -> new TrainingPlan(Mechanism.NONE, 10, 1, 1, 1, 32, 0.1))
                .hasMessageStartingWith("noise_multiplier");
    }
}
