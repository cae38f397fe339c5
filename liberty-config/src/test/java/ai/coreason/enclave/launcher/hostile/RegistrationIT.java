package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a hospital may say of its data when it enrols: what its token allows, and nothing that is another's. */
@ExtendWith(TestOverseer.class)
class RegistrationIT {
    private static String detail(TestNode node, String token, Consumer<ObjectNode> change) throws Exception {
        return node.tryToEnrol(
                        token, TestNode.newKeys("secp256r1"), r -> change.accept((ObjectNode) r.at("/datasets/0")))
                .problem(409, "registration-refused")
                .get("detail")
                .asText();
    }

    @Test
    void enrol_beyondTheToken_is409ByMemberAndTheTokenStaysGood() throws Exception {
        TestNode node = TestNode.stranger("claims_much");
        String token = node.token();

        assertThat(detail(
                        node,
                        token,
                        d -> d.put("declared_rows", 1_000_000_000_000L).put("delta", 1e-13)))
                .startsWith("datasets[0].declared_rows: expected at most 1000");
        assertThat(detail(node, token, d -> d.put("data_owner", "owner_of_another")))
                .startsWith("datasets[0].data_owner: expected owner_claims_much");
        assertThat(detail(node, token, d -> d.put("dataset_id", "labs")))
                .startsWith("datasets[0].dataset_id: expected a dataset that the enrolment token allows");

        node.tryToEnrol(token, TestNode.newKeys("secp256r1"), r -> {}).ok();
    }

    @Test
    void enrol_anothersName_is409AndNoFaultOfTheServer() throws Exception {
        TestNode victim = TestNode.enrolled("claims_victim");
        TestNode thief = TestNode.stranger("claims_thief");
        String unbound = TestOverseer.post(
                        "operator", "/enrolment-tokens", Json.object().put("node_id", thief.id()))
                .ok()
                .json()
                .get("token")
                .asText();

        assertThat(detail(thief, unbound, d -> d.put("data_owner", "owner_" + victim.id())))
                .contains("that no other node has registered")
                .contains(victim.id());
        ObjectNode bound = TestNode.tokenRequest(thief.id());
        ((ObjectNode) bound.at("/datasets/0")).put("data_owner", "owner_" + victim.id());
        JsonNode problem =
                TestOverseer.post("operator", "/enrolment-tokens", bound).problem(409, "illegal-state");
        assertThat(problem.get("detail").asText()).contains(victim.id());
    }

    @Test
    void enrol_registrationThatChanged_is409() throws Exception {
        TestNode node = TestNode.enrolled("claims_other");

        assertThat(detail(node, node.token(), d -> d.put("declared_rows", 900)))
                .startsWith("datasets[0].declared_rows: expected 1000, as on the first day, got 900");
        node.enrol();
    }

    @Test
    void token_wrongDatasets_is400ByMember() throws Exception {
        for (Consumer<ObjectNode> wrong : java.util.List.<Consumer<ObjectNode>>of(
                d -> d.put("max_rows", 0),
                d -> d.put("max_rows", "many"),
                d -> d.remove("data_owner"),
                d -> d.put("dataset_id", "../x"),
                d -> d.put("rows", 1))) {
            ObjectNode request = TestNode.tokenRequest("claims_any");
            wrong.accept((ObjectNode) request.at("/datasets/0"));
            JsonNode problem =
                    TestOverseer.post("operator", "/enrolment-tokens", request).problem(400, "invalid-document");
            assertThat(problem.get("field").asText()).startsWith("datasets[0].");
        }
    }
}
