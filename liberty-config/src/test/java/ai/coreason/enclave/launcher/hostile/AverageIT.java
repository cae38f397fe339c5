package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An average that is no model. */
@ExtendWith(TestOverseer.class)
class AverageIT {
    @Test
    void average_largerThanAnyModel_failsTheJobByNameAndKeepsTheLastModel() throws Exception {
        TestNode node = TestNode.enrolled("average_node");
        ObjectNode asked = TestJobs.job(List.of(node.id()), 1, 2);
        ((ObjectNode) asked.get("training")).put("learning_rate", 1e6).put("server_learning_rate", 1e6);
        String job = TestOverseer.post("foundry", "/jobs", asked)
                .ok()
                .json()
                .get("job_id")
                .asText();
        RoundTask task = node.task();
        byte[] update = TestNode.update(task.job().model(), 1e6f);

        node.upload(task, node.envelope(task, update, h -> {})).ok();

        JsonNode ended = TestOverseer.await(
                "the end of job " + job,
                () -> TestOverseer.get("foundry", "/jobs/" + job).ok().json(),
                j -> !List.of("SUBMITTED", "ADMITTED", "RUNNING")
                        .contains(j.get("status").asText()));
        assertThat(ended.get("status").asText()).isEqualTo("FAILED");
        assertThat(ended.get("reason").asText())
                .startsWith("round 1: the aggregate of fc.")
                .contains("expected magnitudes of at most 1.0E9");
        assertThat(ended.get("model_digest").asText()).isEqualTo(task.baseDigest());
        byte[] model =
                TestOverseer.get("foundry", "/jobs/" + job + "/model").ok().body();
        assertThat(Digests.sha256Hex(model)).isEqualTo(task.baseDigest());
        JsonNode round = TestOverseer.get("foundry", "/jobs/" + job + "/rounds")
                .ok()
                .json()
                .get(0);
        assertThat(round.get("state").asText()).isEqualTo("ABANDONED");
    }
}
