package ai.coreason.enclave.web.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.trust.TrustPolicies;
import ai.coreason.enclave.overseer.trust.TrustPolicyVersion;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class TrustPolicyResourceTest {
    private final List<String> done = new ArrayList<>();
    private Optional<TrustPolicyVersion> last = Optional.empty();

    private final TrustPolicyResource resource = new TrustPolicyResource(new TrustPolicies() {
        @Override
        public Optional<TrustPolicyVersion> last() {
            return last;
        }

        @Override
        public long change(JsonNode policy, String by) {
            done.add(policy + " by " + by);
            return 4;
        }
    });

    private static final class Version extends TrustPolicyVersion {
        @Override
        public long version() {
            return 3;
        }

        @Override
        public String json() {
            return "{\"snp\":{}}";
        }

        @Override
        public String changedBy() {
            return "olga";
        }

        @Override
        public Instant changedAt() {
            return Instant.parse("2026-01-01T00:00:00Z");
        }
    }

    @Test
    void read_noneIsSet_isVersionZeroAndEmpty() {
        assertThat(resource.read().getEntity()).hasToString("{\"version\":0,\"policy\":{}}");
    }

    @Test
    void read_one_isShownWithWhoSetIt() {
        last = Optional.of(new Version());
        assertThat(resource.read().getEntity())
                .hasToString("{\"version\":3,\"changed_by\":\"olga\",\"changed_at\":\"2026-01-01T00:00:00Z\","
                        + "\"policy\":{\"snp\":{}}}");
    }

    @Test
    void change_policy_isSetByTheCaller() throws Exception {
        Response answer = resource.change(Calls.body("{\"snp\":{}}"), Calls.user("olga", "operator"));

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity()).hasToString("{\"version\":4}");
        assertThat(done).containsExactly("{\"snp\":{}} by olga");
    }

    @Test
    void change_bodyThatIsNoJson_isRefused() {
        assertThatThrownBy(() -> resource.change(Calls.body("{"), Calls.user("olga", "operator")))
                .isInstanceOf(InvalidDocument.class);
        assertThat(done).isEmpty();
    }
}
