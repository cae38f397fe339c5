package ai.coreason.enclave.web.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class EnrolmentResourceTest {
    private boolean frozen;
    private EnrolmentDesk.Answer verdict;

    private final EnrolmentResource resource = new EnrolmentResource(
            new NodeRegistry() {
                @Override
                public String nonce(String nodeId) {
                    return "nonce of " + nodeId;
                }
            },
            new EnrolmentDesk() {
                @Override
                public boolean frozen() {
                    return frozen;
                }

                @Override
                public Answer enrol(JsonNode body) {
                    return verdict;
                }
            });

    @Test
    void nonce_node_getsOneThatEnds() throws Exception {
        Response answer = resource.nonce(Calls.body("{\"node_id\": \"a\"}"));

        assertThat(answer.getStatus()).isEqualTo(201);
        JsonNode nonce = (JsonNode) answer.getEntity();
        assertThat(nonce.get("nonce").asText()).isEqualTo("nonce of a");
        assertThat(Instant.parse(nonce.get("expires_at").asText())).isAfter(Instant.now());
    }

    @Test
    void nonce_federationIsFrozen_isNotAvailable() throws Exception {
        frozen = true;
        Calls.assertProblem(
                resource.nonce(Calls.body("{\"node_id\": \"a\"}")),
                ProblemType.UNAVAILABLE,
                "federation: expected one that no operator has frozen, got a frozen one");
    }

    @Test
    void nonce_bodyThatIsWrong_isRefusedByName() {
        for (String body : new String[] {"{}", "{\"node_id\": \"a b\"}", "{\"node_id\": 1}"}) {
            assertThatThrownBy(() -> resource.nonce(Calls.body(body)))
                    .isInstanceOfSatisfying(
                            InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("node_id"));
        }
    }

    @Test
    void enrol_good_isCreatedWithTheDesksAnswer() throws Exception {
        verdict = new EnrolmentDesk.Answer.Enrolled(Json.object().put("certificate", "c"));

        Response answer = resource.enrol(Calls.body("{}"));

        assertThat(answer.getStatus()).isEqualTo(201);
        assertThat(answer.getEntity()).hasToString("{\"certificate\":\"c\"}");
    }

    @Test
    void enrol_refused_isTheProblemOfItsGround() throws Exception {
        Map<EnrolmentDesk.Ground, ProblemType> types = new EnumMap<>(Map.of(
                EnrolmentDesk.Ground.SECRET, ProblemType.UNAUTHENTICATED,
                EnrolmentDesk.Ground.EVIDENCE, ProblemType.EVIDENCE_REFUSED,
                EnrolmentDesk.Ground.REGISTRATION, ProblemType.REGISTRATION_REFUSED,
                EnrolmentDesk.Ground.REVOKED, ProblemType.NODE_REVOKED,
                EnrolmentDesk.Ground.FROZEN, ProblemType.UNAVAILABLE));
        assertThat(types).containsOnlyKeys(EnrolmentDesk.Ground.values());
        for (Map.Entry<EnrolmentDesk.Ground, ProblemType> expected : types.entrySet()) {
            verdict = new EnrolmentDesk.Answer.Refused(expected.getKey(), "why");
            Calls.assertProblem(resource.enrol(Calls.body("{}")), expected.getValue(), "why");
        }
    }
}
