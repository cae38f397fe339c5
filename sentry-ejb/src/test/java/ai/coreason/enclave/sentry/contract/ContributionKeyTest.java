package ai.coreason.enclave.sentry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContributionKeyTest {
    @Test
    void of_validMembers_isTheAttemptWithItsNode() {
        ContributionKey key = ContributionKey.of("job", 7, AttemptKey.MAX_ATTEMPTS, "node_a");

        assertThat(key).isEqualTo(new ContributionKey(new AttemptKey("job", 7, 100), "node_a"));
        assertThat(key.jobId()).isEqualTo("job");
        assertThat(key.round()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"' ',1,1,a", ",1,1,a", "j,0,1,a", "j,1,0,a", "j,1,101,a", "j,1,1,' '", "j,1,1,"})
    void of_memberOutOfRange_isABug(String job, long round, long attempt, String node) {
        assertThatThrownBy(() -> ContributionKey.of(job, round, attempt, node))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
