package ai.coreason.enclave.web.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.trust.OverseerEvidence;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class OverseerEvidenceResourceTest {
    private static final String NONCE = "A".repeat(43) + "=";

    private final List<String> asked = new ArrayList<>();
    private boolean busy;

    private final OverseerEvidenceResource resource = new OverseerEvidenceResource(new OverseerEvidence() {
        @Override
        public Optional<Evidence> attest(String nodeId, String nonce) throws Busy {
            asked.add(nodeId + " " + nonce);
            if (busy) {
                throw new Busy();
            }
            return Optional.empty();
        }
    });

    private static String body(String nonce) {
        return "{\"node_id\": \"a\", \"nonce\": \"" + nonce + "\"}";
    }

    @Test
    void attest_noHardware_isNotFound() throws Exception {
        Calls.assertProblem(
                resource.attest(Calls.body(body(NONCE))),
                ProblemType.NOT_FOUND,
                "overseer-evidence: expected hardware that vouches, got none");
        assertThat(asked).containsExactly("a " + NONCE);
    }

    @Test
    void attest_tooManyAsk_isNotAvailable() throws Exception {
        busy = true;
        Calls.assertProblem(
                resource.attest(Calls.body(body(NONCE))),
                ProblemType.UNAVAILABLE,
                "overseer-evidence: too many are asking; ask again later");
    }

    @Test
    void attest_nonceThatIsNone_isRefusedByName() {
        for (String nonce : List.of("", "AAAA", "A".repeat(44), "A".repeat(47) + "=")) {
            assertThatThrownBy(() -> resource.attest(Calls.body(body(nonce))))
                    .isInstanceOfSatisfying(
                            InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("nonce"));
        }
        assertThat(asked).isEmpty();
    }
}
