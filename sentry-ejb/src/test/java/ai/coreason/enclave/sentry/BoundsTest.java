package ai.coreason.enclave.sentry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundsTest {
    private static int allocate(int bytes) {
        List<byte[]> kept = new ArrayList<>();
        for (int left = bytes; left > 0; left -= 1 << 20) {
            kept.add(new byte[1 << 20]);
        }
        return kept.size();
    }

    @Test
    void within_lessAllocated_passes() {
        assertThat(Bounds.within("63 MiB", () -> allocate(63 << 20))).isEqualTo(63);
    }

    @Test
    void within_moreAllocated_fails() {
        assertThatThrownBy(() -> Bounds.within("65 MiB", () -> allocate(65 << 20)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("65 MiB")
                .hasMessageContaining("bytes allocated");
    }

    @Test
    void within_endlessRecursion_fails() {
        assertThatThrownBy(() -> Bounds.within("deep", () -> deeper(0)))
                .isInstanceOf(AssertionError.class)
                .hasCauseInstanceOf(StackOverflowError.class);
    }

    private static int deeper(int level) {
        return deeper(level + 1) + 1;
    }

    @Test
    void within_otherException_fails() {
        assertThatThrownBy(() -> Bounds.within("index", () -> List.of().get(1)))
                .isInstanceOf(AssertionError.class)
                .hasCauseInstanceOf(ArrayIndexOutOfBoundsException.class);
    }
}
