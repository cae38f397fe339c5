package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two foundry users of one federation: a job and its models are for who submitted it, and for nobody else of that role. */
@ExtendWith(TestOverseer.class)
class OwnJobsIT {
    private static final String JOB_ID = UUID.randomUUID().toString();
    private static final byte[] NOTHING = new byte[0];

    private static TestNode node;
    private static ObjectNode document;
    private static JsonNode job;

    @BeforeAll
    static void trainOneRound() throws Exception {
        node = TestNode.enrolled("own_node");
        document = TestJobs.job(List.of(node.id()), 1, 2).put("job_id", JOB_ID);
        submit("own-ann", document).ok();
        RoundTask task = node.task();
        node.upload(task, node.honest(task)).ok();
        job = TestOverseer.await(
                "the end of round 1",
                () -> read("own-ann", "foundry", "").ok().json(),
                j -> j.get("round").asInt() == 1);
    }

    private static Answer submit(String subject, ObjectNode document) throws Exception {
        return TestOverseer.bring(
                TestOverseer.token(subject, "foundry"), "POST", "/jobs", Json.write(document), "application/json");
    }

    private static Answer read(String subject, String role, String path) throws Exception {
        return TestOverseer.bring(TestOverseer.token(subject, role), "GET", "/jobs/" + JOB_ID + path, NOTHING, "");
    }

    private static List<String> listed(String subject, String role) throws Exception {
        JsonNode jobs = TestOverseer.bring(TestOverseer.token(subject, role), "GET", "/jobs?count=500", NOTHING, "")
                .ok()
                .json()
                .get("jobs");
        return jobs.findValuesAsText("job_id");
    }

    @Test
    void list_holdsAUsersOwnJobsAndAllForOperatorsAndAuditors() throws Exception {
        assertThat(job.get("submitter").asText()).isEqualTo("own-ann");
        assertThat(listed("own-ann", "foundry")).contains(JOB_ID);
        assertThat(listed("own-bob", "foundry")).isEmpty();
        assertThat(listed("own-olga", "operator")).contains(JOB_ID);
        assertThat(listed("own-ada", "auditor")).contains(JOB_ID);
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "GET,/rounds", "GET,/model", "POST,/cancel"})
    void anothersJob_isAsIfItWereNotThere(String method, String path) throws Exception {
        String token = TestOverseer.token("own-bob", "foundry");
        JsonNode problem = TestOverseer.bring(token, method, "/jobs/" + JOB_ID + path, NOTHING, "")
                .problem(404, "not-found");
        String unknown = UUID.randomUUID().toString();
        JsonNode nobodys = TestOverseer.bring(token, method, "/jobs/" + unknown + path, NOTHING, "")
                .problem(404, "not-found");

        assertThat(problem.toString().replace(JOB_ID, ""))
                .isEqualTo(nobodys.toString().replace(unknown, ""));
        assertThat(read("own-ann", "foundry", "").ok().json().get("status").asText())
                .isEqualTo("RUNNING");
    }

    @Test
    void ownJob_isReadAndItsModelTaken() throws Exception {
        read("own-ann", "foundry", "/rounds").ok();
        assertThat(Digests.sha256Hex(read("own-ann", "foundry", "/model").ok().body()))
                .isEqualTo(job.get("model_digest").asText());
        read("own-ada", "auditor", "/rounds").ok();
        read("own-olga", "operator", "/model").problem(403, "forbidden");
    }

    @Test
    void submit_again_isTheSameJobForItsUserAlone() throws Exception {
        assertThat(submit("own-ann", document).ok().json().get("job_id").asText())
                .isEqualTo(JOB_ID);
        submit("own-bob", document).problem(409, "conflicting-repeat");
        assertThat(listed("own-bob", "foundry")).isEmpty();
    }

    @Test
    void initialModel_isOneOfAUsersOwnJobs() throws Exception {
        String digest = job.get("model_digest").asText();
        String first = read("own-ann", "foundry", "/rounds")
                .ok()
                .json()
                .at("/0/base_digest")
                .asText();
        for (String model : List.of(digest, first)) {
            JsonNode refused = submit("own-bob", next(model)).problem(400, "invalid-document");
            assertThat(refused.get("field").asText()).isEqualTo("initial_model");
            String nobodys = submit("own-bob", next("0".repeat(64)))
                    .problem(400, "invalid-document")
                    .get("detail")
                    .asText();
            assertThat(refused.get("detail").asText().replace(model.substring(0, 60), ""))
                    .isEqualTo(nobodys.replace("0".repeat(60), ""));
        }
        for (String model : List.of(digest, first)) {
            Answer taken = submit("own-ann", next(model)).ok();
            String id = taken.json().get("job_id").asText();
            TestOverseer.bring(
                            TestOverseer.token("own-olga", "operator"), "POST", "/jobs/" + id + "/cancel", NOTHING, "")
                    .ok();
        }
    }

    private static ObjectNode next(String model) {
        return TestJobs.job(List.of(node.id()), 1, 1).put("initial_model", model);
    }
}
