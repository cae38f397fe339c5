package ai.coreason.enclave.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AttemptKeyTest {
    @Test
    void next_isOneAttemptFurtherInTheSameRound() {
        assertThat(AttemptKey.first("job", 4)).isEqualTo(new AttemptKey("job", 4, 1));
        assertThat(AttemptKey.first("job", 4).next()).isEqualTo(new AttemptKey("job", 4, 2));
    }

    @Test
    void next_afterTheLastThereCanBe_isABug() {
        AttemptKey last = new AttemptKey("job", 4, AttemptKey.MAX_ATTEMPTS);

        assertThatThrownBy(last::next)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempt key: expected a job id, round >= 1 and attempt in [1, 100], got job, 4, 101");
    }
}
