package ai.coreason.enclave.web.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyRuleTest {
    @ParameterizedTest
    @CsvSource({
        "/api/v1/enrolments/nonces, 4096, true",
        "/api/v1/overseer-evidence, 4096, true",
        "/api/v1/enrolments, 1048576, true",
        "/api/v1/jobs, 4194304, false",
        "/api/v1/jobs/x/rounds/1/declines, 65536, false",
        "/api/v1/jobs/, 65536, false",
        "/api/v1/enrolments/nonces/, 65536, false",
        "/api/v1/enrolments;a=b, 65536, false",
    })
    void of_path_boundsItsBody(String path, int bytes, boolean anonymous) {
        assertThat(BodyRule.of(path).bytes()).isEqualTo(bytes);
        assertThat(BodyRule.of(path).anonymous()).isEqualTo(anonymous);
    }

    @Test
    void streamed_updates_only() {
        assertThat(BodyRule.streamed("PUT", "/api/v1/jobs/a/rounds/1/updates/n"))
                .isTrue();
        assertThat(BodyRule.streamed("POST", "/api/v1/jobs/a/rounds/1/updates/n"))
                .isFalse();
        assertThat(BodyRule.streamed("PUT", "/api/v1/trust-policy")).isFalse();
    }
}
