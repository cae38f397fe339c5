package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that must not be taken: each is refused by the name of what is wrong, and leaves nothing behind. */
@ExtendWith(TestOverseer.class)
class HostileRequestsIT {
    private static final List<String> NODES = List.of("job_a", "job_b");

    private JsonNode jobsBefore;
    private List<String> eventsBefore;

    @BeforeAll
    static void enrol() throws Exception {
        for (String node : NODES) {
            TestNode.enrolled(node);
        }
    }

    @BeforeEach
    void remember() throws Exception {
        jobsBefore = TestOverseer.get("foundry", "/jobs?count=500").ok().json();
        eventsBefore = TestOverseer.events();
    }

    @AfterEach
    void nothingIsStoredAndNothingIsAdmitted() throws Exception {
        assertThat(TestOverseer.get("foundry", "/jobs?count=500").ok().json()).isEqualTo(jobsBefore);
        assertThat(TestOverseer.events()).isEqualTo(eventsBefore);
    }

    static Stream<Arguments> wrongMembers() {
        return Stream.of(
                wrong("unknown_member", "unknown member", "", j -> j.put("unknown_member", 1)),
                wrong("clients[1]", "a trusted node", "job_nowhere", j -> client(j, "job_nowhere")),
                wrong("clients[1]", "every node once", "job_a", j -> client(j, "job_a")),
                wrong("clients[1]", "1 to 64 of", "\"../job_b\"", j -> client(j, "../job_b")),
                wrong("clients[1]", "1 to 64 of", "7", j -> ((ArrayNode) j.get("clients")).set(1, 7)),
                wrong("clients", "1 to 10000 node ids", "0", j -> j.putArray("clients")),
                wrong("min_clients", "a whole number in [1, 2]", "3", j -> j.put("min_clients", 3)),
                wrong("rounds", "a whole number in [1, 100000]", "0", j -> j.put("rounds", 0)),
                wrong("rounds", "a whole number in", "1.5", j -> j.put("rounds", 1.5)),
                wrong("rounds", "a whole number in", "\"ten\"", j -> j.put("rounds", "ten")),
                wrong("rounds", "a whole number in", "nothing", j -> j.remove("rounds")),
                wrong("strategy", "one of FED_AVG", "\"SUM\"", j -> j.put("strategy", "SUM")),
                wrong("privacy", "an object", "an array", j -> j.putArray("privacy")),
                wrong("privacy.noise_multiplier", "a number > 0", "-1.0", noise(-1)),
                wrong("privacy.noise_multiplier", "a number > 0", "0.0", noise(0)),
                wrong(
                        "privacy.target_epsilon",
                        "(0, 5.0]",
                        "50",
                        j -> privacy(j).put("target_epsilon", 50)),
                wrong(
                        "privacy.target_delta",
                        "at most 1.0E-5",
                        "0.1",
                        j -> privacy(j).put("target_delta", 0.1)),
                wrong("dataset.name", "1 to 64 of", "nothing", j -> ((ObjectNode) j.get("dataset")).remove("name")),
                wrong(
                        "clients[0]",
                        "dataset hidden",
                        "job_a",
                        j -> ((ObjectNode) j.get("dataset")).put("name", "hidden")),
                wrong(
                        "training.batch_size",
                        "a whole number in",
                        "-1",
                        j -> ((ObjectNode) j.get("training")).put("batch_size", -1)),
                wrong("model.nodes[0].in[0]", "", "", j -> ((ArrayNode) node(j).get("in")).set(0, "y")),
                wrong(
                        "model.inputs[0].shape[0]",
                        "a whole number in",
                        "-1",
                        j -> ((ObjectNode) j.at("/model/inputs/0"))
                                .putArray("shape")
                                .add(-1)),
                wrong("model.nodes[0].out_features", "", "", j -> node(j).put("out_features", 3_000_000_000L)),
                wrong("model.output", "1 value", "2", j -> node(j).put("out_features", 2)),
                wrong(
                        "model.inputs[0].shape",
                        "1 values",
                        "2",
                        j -> ((ObjectNode) j.at("/model/inputs/0"))
                                .putArray("shape")
                                .add(2)),
                wrong(
                        "model.nodes[0].op",
                        "each example on its own",
                        "batch_norm",
                        j -> node(j).put("op", "batch_norm")),
                wrong("model.nodes[0].op", "each example on its own", "BatchNorm", j -> node(j).put("op", "BatchNorm")),
                wrong("job_id", "a UUID", "\"first\"", j -> j.put("job_id", "first")),
                wrong(
                        "initial_model",
                        "a model that this Overseer holds",
                        "0000",
                        j -> j.put("initial_model", "0".repeat(64))));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("wrongMembers")
    void submit_wrongMember_is400AndNamesIt(String field, String expected, String came, Consumer<ObjectNode> change)
            throws Exception {
        ObjectNode job = TestJobs.job(NODES, 2, 2);
        change.accept(job);

        JsonNode problem = TestOverseer.post("foundry", "/jobs", job).problem(400, "invalid-document");

        assertThat(problem.path("field").asText()).as(problem.toString()).isEqualTo(field);
        String[] detail = problem.get("detail").asText().split(", got ", 2);
        assertThat(detail[0]).contains(field).contains(expected);
        assertThat(detail.length == 1 ? "" : detail[1]).contains(came);
    }

    static Stream<Arguments> wrongTexts() {
        String job = new String(Json.write(TestJobs.job(NODES, 2, 2)), StandardCharsets.UTF_8);
        String deep = "[".repeat(100_000);
        return Stream.of(
                arguments("empty", "", "document"),
                arguments("cut", job.substring(0, job.length() / 2), "document"),
                arguments("two documents", job + job, "document"),
                arguments("array", "[" + job + "]", "document"),
                arguments("NaN", job.replace("8.0", "NaN"), "document"),
                arguments("Infinity", job.replace("8.0", "Infinity"), "document"),
                arguments("1e999", job.replace("8.0", "1e999"), "privacy.noise_multiplier"),
                arguments("1e999 as a whole number", job.replace("\"rounds\":2", "\"rounds\":1e999"), "rounds"),
                arguments("2^64", job.replace("\"rounds\":2", "\"rounds\":18446744073709551616"), "rounds"),
                arguments("a member twice", job.replace("\"rounds\":2", "\"rounds\":2,\"rounds\":3"), "document"),
                arguments("deep", job.replace("8.0", deep), "document"),
                arguments("half a character", job.replace("FED_AVG", "\\ud800"), "strategy"),
                arguments(
                        "half a purpose", job.replace("{\"clients", "{\"purpose\":\"\\ud800\",\"clients"), "purpose"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongTexts")
    void submit_textThatIsNoJob_is400(String name, String text, String field) throws Exception {
        Answer answer = TestOverseer.call(
                "foundry", "POST", "/jobs", text.getBytes(StandardCharsets.UTF_8), "application/json");

        JsonNode problem = answer.problem(400, "invalid-document");
        assertThat(problem.get("detail").asText()).startsWith(field + ": expected");
        assertThat(problem.path("field").asText()).isEqualTo(field.equals("document") ? "" : field);
    }

    @Test
    void submit_hugeBody_is413() throws Exception {
        byte[] body = new byte[(8 << 20) + 1];
        Arrays.fill(body, (byte) ' ');

        JsonNode problem = TestOverseer.call("foundry", "POST", "/jobs", body, "application/json")
                .problem(413, "too-large");
        assertThat(problem.get("detail").asText()).contains("4194304 bytes");
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void submit_otherContentType_is415(String type) throws Exception {
        byte[] body = Json.write(TestJobs.job(NODES, 2, 2));

        JsonNode problem =
                TestOverseer.call("foundry", "POST", "/jobs", body, type).problem(415, "unsupported-type");
        assertThat(problem.get("detail").asText()).startsWith("Content-Type: expected");
    }

    static Stream<String> wrongTypes() {
        return Stream.of("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data");
    }

    @Test
    void submit_jobThatNobodyCanPay_is422AndTellsWhatEachCanPay() throws Exception {
        ObjectNode job = TestJobs.job(NODES, 2, 2);
        privacy(job).put("noise_multiplier", 0.01);

        JsonNode problem = TestOverseer.post("foundry", "/jobs", job).problem(422, "budget-refused");
        assertThat(problem.get("detail").asText())
                .contains("job_a can pay 0 rounds")
                .contains("job_b can pay 0 rounds");
    }

    @Test
    void submit_manyClients_is400WithoutDelay() throws Exception {
        ObjectNode job = TestJobs.job(Collections.nCopies(10_001, "job_a"), 2, 2);

        JsonNode problem = TestOverseer.post("foundry", "/jobs", job).problem(400, "invalid-document");
        assertThat(problem.get("field").asText()).isEqualTo("clients");
    }

    private static Arguments wrong(String field, String expected, String came, Consumer<ObjectNode> change) {
        return arguments(field, expected, came, change);
    }

    private static Consumer<ObjectNode> noise(double value) {
        return j -> privacy(j).put("noise_multiplier", value);
    }

    private static ObjectNode privacy(ObjectNode job) {
        return (ObjectNode) job.get("privacy");
    }

    private static ObjectNode node(ObjectNode job) {
        return (ObjectNode) job.at("/model/nodes/0");
    }

    private static void client(ObjectNode job, String id) {
        ((ArrayNode) job.get("clients")).set(1, id);
    }
}
