package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EngineWarmUpTest {
    @Test
    void train_loadsTheEngineAndMovesTheWeights() {
        assertThat(EngineWarmUp.train().get("fc.weight")).doesNotContain(0f);
    }
}
