package ai.coreason.enclave.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NoiseKeysTest {
    @Test
    void seeded_sameArguments_givesTheSameKeys() {
        NoiseKeys a = NoiseKeys.seeded(7, new AttemptKey("job", 1, 1), "node");
        NoiseKeys b = NoiseKeys.seeded(7, new AttemptKey("job", 1, 1), "node");
        for (long step = 1; step < 5; step++) {
            assertThat(a.sampling(step)).isEqualTo(b.sampling(step)).hasSize(32);
            assertThat(a.noise(step)).isEqualTo(b.noise(step)).hasSize(32);
        }
    }

    @Test
    void seeded_anyArgumentPurposeOrStepChanged_givesAnotherKey() {
        Set<String> seen = new HashSet<>();
        NoiseKeys[] all = {
            NoiseKeys.seeded(7, new AttemptKey("job", 1, 1), "node"),
            NoiseKeys.seeded(8, new AttemptKey("job", 1, 1), "node"),
            NoiseKeys.seeded(7, new AttemptKey("jo", 1, 1), "bnode"),
            NoiseKeys.seeded(7, new AttemptKey("jobn", 1, 1), "ode"),
            NoiseKeys.seeded(7, new AttemptKey("job", 1, 1), "node2"),
            NoiseKeys.seeded(7, new AttemptKey("job", 2, 1), "node"),
            NoiseKeys.seeded(7, new AttemptKey("job", 1, 2), "node"),
            NoiseKeys.fresh(),
            NoiseKeys.fresh()
        };
        for (NoiseKeys keys : all) {
            for (long step = 1; step <= 3; step++) {
                assertThat(seen.add(HexFormat.of().formatHex(keys.sampling(step))))
                        .isTrue();
                assertThat(seen.add(HexFormat.of().formatHex(keys.noise(step)))).isTrue();
                assertThat(seen.add(HexFormat.of().formatHex(keys.dropout(step))))
                        .isTrue();
            }
        }
    }

    @Test
    void noise_sameStepTwice_isRefused() {
        NoiseKeys keys = NoiseKeys.fresh();
        keys.noise(1);
        keys.sampling(1);
        assertThatThrownBy(() -> keys.noise(1)).isInstanceOf(IllegalStateException.class);
        keys.noise(3);
        assertThatThrownBy(() -> keys.noise(2)).hasMessage("step: expected one after 3, got 2");
        assertThatThrownBy(() -> NoiseKeys.fresh().sampling(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void toString_anyKeys_showsNone() {
        NoiseKeys keys = NoiseKeys.seeded(7, new AttemptKey("job", 1, 1), "node");
        assertThat(keys.toString()).doesNotContain("job").hasSizeLessThan(80);
    }
}
