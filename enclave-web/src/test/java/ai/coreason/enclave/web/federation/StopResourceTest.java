package ai.coreason.enclave.web.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.NodeStops;
import ai.coreason.enclave.overseer.round.NodeRevocation;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.rest.Calls;
import ai.coreason.enclave.web.rest.Rest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A federation whose one node is "a", with the certificate "1f". */
@ExtendWith(Rest.class)
class StopResourceTest {
    private final List<String> done = new ArrayList<>();

    private final StopResource resource = new StopResource(
            new StopOrders() {
                @Override
                public void stop(StopOrder.Kind kind, String subject, String by) {
                    done.add("stop " + kind + " " + subject + " by " + by);
                }

                @Override
                public void freezeFederation(String by) {
                    done.add("freeze by " + by);
                }

                @Override
                public void thawFederation(String by) {
                    done.add("thaw by " + by);
                }

                @Override
                public List<StopOrder> all() {
                    return List.of();
                }
            },
            new NodeStops() {
                @Override
                public boolean reinstate(String nodeId, String by) {
                    done.add("reinstate " + nodeId + " by " + by);
                    return nodeId.equals("a");
                }

                @Override
                public boolean revokeCertificate(String serial, String by) {
                    done.add("revoke certificate " + serial + " by " + by);
                    return serial.equals("1f");
                }
            },
            new NodeRevocation() {
                @Override
                public boolean revoke(String nodeId, String by) {
                    done.add("revoke " + nodeId + " by " + by);
                    return nodeId.equals("a");
                }
            },
            Calls.user("olga", "operator"));

    @Test
    void everyButton_ofWhatThereIs_isPushedByTheOperator() {
        assertThat(resource.revokeNode("a").getStatus()).isEqualTo(204);
        assertThat(resource.reinstateNode("a").getStatus()).isEqualTo(204);
        assertThat(resource.revokeCertificate("00:1F").getStatus()).isEqualTo(204);
        assertThat(resource.revokeUser("ann/x y").getStatus()).isEqualTo(204);
        assertThat(resource.freeze().getStatus()).isEqualTo(204);
        assertThat(resource.thaw().getStatus()).isEqualTo(204);

        assertThat(done)
                .containsExactly(
                        "revoke a by olga",
                        "reinstate a by olga",
                        "revoke certificate 1f by olga",
                        "stop USER ann/x y by olga",
                        "freeze by olga",
                        "thaw by olga");
    }

    @Test
    void revokeAndReinstate_nodeThatIsNotThere_isNotFound() {
        String detail = "node_id: expected a node, got b";
        Calls.assertProblem(resource.revokeNode("b"), ProblemType.NOT_FOUND, detail);
        Calls.assertProblem(resource.reinstateNode("b"), ProblemType.NOT_FOUND, detail);
        done.clear();

        String other = "node_id: expected a node, got a\ufffdb";
        Calls.assertProblem(resource.revokeNode("a\u0007b"), ProblemType.NOT_FOUND, other);
        Calls.assertProblem(resource.reinstateNode("a\u0007b"), ProblemType.NOT_FOUND, other);
        assertThat(done).isEmpty();
    }

    @Test
    void revokeCertificate_nobodysOrNoSerial_isRefused() {
        Calls.assertProblem(
                resource.revokeCertificate("2f"),
                ProblemType.NOT_FOUND,
                "serial: expected the serial of a node's present certificate, got 2f");
        for (String serial : List.of("", "xyz", "f".repeat(65), "-1f")) {
            assertThatThrownBy(() -> resource.revokeCertificate(serial))
                    .isInstanceOf(InvalidDocument.class)
                    .hasMessageContaining("1 to 64 hex digits");
        }
    }

    @Test
    void revokeUser_subjectThatNoTokenHas_isRefused() {
        String longest = "s".repeat(StopOrder.SUBJECT_LENGTH);
        assertThat(resource.revokeUser(longest).getStatus()).isEqualTo(204);
        assertThatThrownBy(() -> resource.revokeUser(longest + "s"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("sub");
    }

    @Test
    void list_nothingStopped_isEmpty() {
        assertThat(resource.list().getEntity()).hasToString("{\"stops\":[]}");
    }
}
