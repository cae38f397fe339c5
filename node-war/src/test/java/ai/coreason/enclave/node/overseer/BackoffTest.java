package ai.coreason.enclave.node.overseer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));

    @Test
    void delay_growsTwofoldUpToTheMost() {
        for (int failures = 1; failures < 100; failures++) {
            long longest = failures > 6 ? 10_000 : Math.min(10_000, 200L << (failures - 1));
            assertThat(backoff.delay(failures).toMillis()).isBetween(longest / 2, longest);
        }
    }

    @Test
    void delay_isJittered() {
        Set<Duration> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            seen.add(backoff.delay(5));
        }
        assertThat(seen).hasSizeGreaterThan(10);
    }

    @Test
    void new_mostBelowFirst_isRefused() {
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected 0 < first <= most, got PT2S and PT1S");
    }
}
