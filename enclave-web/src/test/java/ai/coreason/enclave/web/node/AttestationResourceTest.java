package ai.coreason.enclave.web.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.enrolment.EnrolledNode;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Rest.class)
class AttestationResourceTest {
    private static final class Reported extends EnrolledNode {
        private final String id;

        Reported(String id) {
            this.id = id;
        }

        @Override
        public String report() {
            return "{\"node_id\":\"" + id + "\"}";
        }
    }

    @Test
    void own_caller_getsItsOwnReport() {
        AttestationResource resource = new AttestationResource(new NodeRegistry() {
            @Override
            public Optional<EnrolledNode> find(String nodeId) {
                return Optional.of(new Reported(nodeId));
            }
        });

        Response answer = resource.own(Calls.node("a"));

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity()).hasToString("{\"node_id\":\"a\"}");
    }
}
