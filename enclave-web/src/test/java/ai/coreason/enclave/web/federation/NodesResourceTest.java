package ai.coreason.enclave.web.federation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.enrolment.EnrolledNode;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A federation whose one node is "a", which is revoked. */
@ExtendWith(Rest.class)
class NodesResourceTest {
    private static final class NodeA extends EnrolledNode {
        @Override
        public String id() {
            return "a";
        }

        @Override
        public long epoch() {
            return 3;
        }

        @Override
        public boolean trusted() {
            return true;
        }

        @Override
        public String certificateSerial() {
            return "1f";
        }

        @Override
        public Instant enrolledAt() {
            return Instant.parse("2026-01-01T00:00:00Z");
        }

        @Override
        public Instant expiresAt() {
            return Instant.parse("2026-01-02T00:00:00Z");
        }

        @Override
        public String report() {
            return "{\"hardware_type\":\"SIMULATED\"}";
        }
    }

    private final NodesResource resource = new NodesResource(
            new NodeRegistry() {
                @Override
                public List<EnrolledNode> all() {
                    return List.of(new NodeA());
                }

                @Override
                public boolean revoked(String nodeId) {
                    return nodeId.equals("a");
                }

                @Override
                public Optional<EnrolledNode> find(String nodeId) {
                    return Optional.<EnrolledNode>of(new NodeA()).filter(n -> nodeId.equals("a"));
                }
            },
            new LedgerMirror() {
                @Override
                public List<DatasetAccount> accounts() {
                    return List.of();
                }
            });

    @Test
    void list_nodes_areShownWithTheirReports() {
        Response answer = resource.list();

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity())
                .hasToString("{\"nodes\":[{\"node_id\":\"a\",\"epoch\":3,\"trusted\":true,\"revoked\":true,"
                        + "\"certificate_serial\":\"1f\",\"enrolled_at\":\"2026-01-01T00:00:00Z\","
                        + "\"expires_at\":\"2026-01-02T00:00:00Z\",\"report\":{\"hardware_type\":\"SIMULATED\"},"
                        + "\"datasets\":[]}]}");
    }

    @Test
    void attestation_enrolledOrNot_isTheReportOrNotFound() {
        assertThat(resource.attestation("a").getEntity()).hasToString("{\"hardware_type\":\"SIMULATED\"}");
        Calls.assertProblem(
                resource.attestation("b"),
                ProblemType.NOT_FOUND,
                "node_id: expected a node that has enrolled, got an unknown one");
    }
}
