package ai.coreason.enclave.web.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.DatasetGrant;
import ai.coreason.enclave.overseer.enrolment.EnrolmentSecret;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.TokenDesk;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class EnrolmentTokensResourceTest {
    private final List<String> done = new ArrayList<>();
    private TokenDesk.Issued issued = new TokenDesk.Issued.Token("secret");

    private final EnrolmentTokensResource resource = new EnrolmentTokensResource(
            new NodeRegistry() {
                @Override
                public List<EnrolmentSecret> outstanding() {
                    return List.of();
                }
            },
            new TokenDesk() {
                @Override
                public Issued issue(String nodeId, Optional<List<DatasetGrant>> allowed, String by) {
                    done.add("issue " + nodeId + " " + allowed.map(List::size) + " by " + by);
                    return issued;
                }

                @Override
                public boolean withdraw(String id, String by) {
                    done.add("withdraw " + id + " by " + by);
                    return id.equals("known");
                }
            },
            Calls.user("olga", "operator"));

    @Test
    void issue_nodeWithDatasets_isCreatedAndShowsTheToken() throws Exception {
        Response answer = resource.issue(Calls.body("""
                {"node_id": "a", "datasets": [{"data_owner": "o", "dataset_id": "heart", "max_rows": 10}]}"""));

        assertThat(answer.getStatus()).isEqualTo(201);
        JsonNode token = (JsonNode) answer.getEntity();
        assertThat(token.get("token").asText()).isEqualTo("secret");
        assertThat(token.at("/datasets/0/dataset_id").asText()).isEqualTo("heart");
        assertThat(done).containsExactly("issue a Optional[1] by olga");
    }

    @Test
    void issue_refused_isNotPossible() throws Exception {
        issued = new TokenDesk.Issued.Refused("why");
        Calls.assertProblem(resource.issue(Calls.body("{\"node_id\": \"a\"}")), ProblemType.ILLEGAL_STATE, "why");
    }

    @Test
    void issue_memberThatIsWrong_isRefusedByName() {
        assertThatThrownBy(() -> resource.issue(Calls.body("{\"node_id\": \"\"}")))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("node_id"));
        assertThatThrownBy(() -> resource.issue(Calls.body("{\"node_id\": \"a\", \"more\": 1}")))
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo("more"));
        assertThat(done).isEmpty();
    }

    @Test
    void withdraw_knownOrNot_isDoneOrNotFound() {
        assertThat(resource.withdraw("known").getStatus()).isEqualTo(204);
        Calls.assertProblem(
                resource.withdraw("other"),
                ProblemType.NOT_FOUND,
                "token_id: expected the id of a token, got an unknown one");
    }

    @Test
    void list_noTokens_isEmpty() {
        assertThat(resource.list().getEntity()).hasToString("{\"tokens\":[]}");
    }
}
