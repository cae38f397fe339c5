package ai.coreason.enclave.overseer.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerStateTest {
    @Test
    void of_arraysThatChangeLater_stays() {
        float[] moment = {1f, 2f};
        ServerState state = ServerState.of(Map.of("m/fc.weight", moment));
        moment[0] = 9f;

        FloatBuffer kept = state.tensor("m/fc.weight").orElseThrow();

        assertThat(kept).isEqualTo(FloatBuffer.wrap(new float[] {1f, 2f}));
        assertThatThrownBy(() -> kept.put(0, 9f)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(state.isEmpty()).isFalse();
        assertThat(state.tensor("v/fc.weight")).isEmpty();
        assertThat(state).hasToString("ServerState[m/fc.weight]");
    }

    @Test
    void none_holdsNothing() {
        assertThat(ServerState.NONE.isEmpty()).isTrue();
    }
}
