package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.audit.AuditRecord;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users read from a running Overseer, and what it says to questions that make no sense. */
@ExtendWith(TestOverseer.class)
class UserEndpointsIT {
    private static TestNode node;
    private static String job;
    private static RoundTask task;

    @BeforeAll
    static void trainOneRound() throws Exception {
        node = TestNode.enrolled("user_node");
        job = submit();
        task = node.task();
        node.upload(task, node.honest(task)).ok();
        TestOverseer.await(
                "the end of round 1",
                () -> read("/jobs/" + job),
                j -> j.get("round").asInt() == 1);
    }

    private static String submit() throws Exception {
        return TestOverseer.post("foundry", "/jobs", TestJobs.job(List.of(node.id()), 1, 2))
                .ok()
                .json()
                .get("job_id")
                .asText();
    }

    private static JsonNode read(String path) throws Exception {
        return TestOverseer.get("operator", path).ok().json();
    }

    @Test
    void workArea_ofARunningServer_holdsNoPassword() throws Exception {
        String password = Files.readString(TestOverseer.file("state/tls/password"));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!holders(password).isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // seconds after the start
        }
        assertThat(holders(password)).isEmpty();
    }

    private static List<Path> holders(String password) throws IOException {
        try (Stream<Path> files = Files.walk(TestOverseer.file("out"))) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> contains(f, password))
                    .toList();
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void jobs_running_isListedAndRead() throws Exception {
        assertThat(read("/jobs").get("jobs"))
                .anySatisfy(j -> assertThat(j.get("job_id").asText()).isEqualTo(job));
        JsonNode whole = read("/jobs/" + job);
        assertThat(whole.get("status").asText()).isEqualTo("RUNNING");
        JsonNode charge = node.ledger().charge(task).json();
        assertThat(whole.at("/nodes/0/epsilon").asDouble())
                .isEqualTo(charge.get("job_epsilon_after").asDouble());
        JsonNode first = read("/jobs/" + job + "/rounds").get(0);
        assertThat(first.get("state").asText()).isEqualTo("CLOSED");
        assertThat(first.at("/participants/0").asText()).isEqualTo(node.id());
    }

    @Test
    void model_ofTheLastRound_hasTheDigestThatTheJobTells() throws Exception {
        Answer model = TestOverseer.get("foundry", "/jobs/" + job + "/model").ok();

        assertThat(model.type()).isEqualTo("application/octet-stream");
        assertThat(Digests.sha256Hex(model.body()))
                .isEqualTo(read("/jobs/" + job).get("model_digest").asText());
        assertThat(Safetensors.read(model.body()).tensors()).containsOnlyKeys("fc.weight", "fc.bias");
    }

    @Test
    void nodes_enrolled_areListedWithTheirReport() throws Exception {
        assertThat(read("/nodes").get("nodes")).anySatisfy(n -> {
            assertThat(n.get("node_id").asText()).isEqualTo(node.id());
            assertThat(n.at("/report/hardware_type").asText()).isEqualTo("SIMULATED");
            assertThat(n.at("/datasets/0/dataset_id").asText()).isEqualTo(TestJobs.DATASET);
        });
    }

    @Test
    void ledger_jsonAndCsv_holdTheSameRow() throws Exception {
        JsonNode row = node.ledger().charge(task).json();
        JsonNode json =
                TestOverseer.get("auditor", "/ledger?node=" + node.id()).ok().json();
        Answer csv = TestOverseer.get("auditor", "/ledger?format=csv&node=" + node.id())
                .ok();

        assertThat(json.get("rows")).hasSize(1);
        assertThat(json.at("/rows/0").toString()).isEqualTo(row.toString());
        assertThat(csv.type()).startsWith("text/csv");
        List<String> lines = csv.text().lines().toList();
        List<String> columns =
                row.properties().stream().map(java.util.Map.Entry::getKey).toList();
        assertThat(lines.get(0)).isEqualTo(String.join(",", columns));
        assertThat(lines.get(1).split(",")[columns.indexOf("hash")])
                .isEqualTo(row.get("hash").asText());
    }

    @Test
    void audit_export_isOneChain() throws Exception {
        JsonNode export = TestOverseer.get("auditor", "/audit").ok().json();
        List<AuditRecord> records = StreamSupport.stream(export.get("records").spliterator(), false)
                .map(r -> AuditRecord.parse(r, "records"))
                .toList();

        assertThat(AuditRecord.firstFault(records)).isEmpty();
        assertThat(export.get("head").asText())
                .isEqualTo(records.get(records.size() - 1).hash());
        assertThat(records).extracting(AuditRecord::event).contains("job.admitted", "round.closed");
    }

    @Test
    void cancel_running_endsTheJobOnce() throws Exception {
        String other = submit();

        for (int i = 0; i < 2; i++) {
            Answer answer = TestOverseer.post("foundry", "/jobs/" + other + "/cancel", Json.object());
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.json().get("status").asText()).isEqualTo("CANCELLED");
        }
        assertThat(TestOverseer.events()).contains("job.cancelled");
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "GET,/rounds", "GET,/model", "POST,/cancel"})
    void job_unknown_is404(String method, String path) throws Exception {
        for (String id : List.of(UUID.randomUUID().toString(), "none", "x".repeat(2000), "%27%20or%201=1")) {
            Answer answer = TestOverseer.call("foundry", method, "/jobs/" + id + path, new byte[0], "");
            JsonNode problem = answer.problem(404, "not-found");
            assertThat(problem.get("detail").asText()).startsWith("job_id: expected a job of this Overseer, got ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%0a", "..%2f..", "%2e%2e", "%ff", "a;b=c", "%c0%ae"})
    void job_malformedId_is400Or404WithoutAStackTrace(String id) throws Exception {
        Answer answer = TestOverseer.get("foundry", "/jobs/" + id);

        assertThat(answer.status()).as(answer.toString()).isIn(400, 404);
        assertThat(answer.text()).doesNotContain("Exception").doesNotContain("com.ibm");
    }

    @ParameterizedTest
    @CsvSource({
        "/jobs?first=-1,first",
        "/jobs?first=x,first",
        "/jobs?count=0,count",
        "/jobs?count=501,count",
        "/jobs?count=99999999999,count",
        "/audit?after=-1,after",
        "/audit?count=x,count",
        "/ledger?format=xml,format"
    })
    void query_wrongParameter_is400AndNamesIt(String path, String parameter) throws Exception {
        JsonNode problem = TestOverseer.get("operator", path).problem(400, "invalid-document");
        assertThat(problem.get("field").asText()).isEqualTo(parameter);
    }

    @ParameterizedTest
    @CsvSource({"DELETE,/jobs,405", "PATCH,/jobs,405", "GET,/nowhere,404", "DELETE,/audit,405", "PUT,/ledger,405"})
    void call_whatIsNotThere_isAProblem(String method, String path, int status) throws Exception {
        TestOverseer.call("operator", method, path, new byte[0], "").problem(status, "not-found");
    }

    @Test
    void call_acceptingNothingThatIsOffered_is406() throws Exception {
        TestOverseer.send(
                        TestOverseer.anonymous(),
                        TestOverseer.request(TestOverseer.users("/api/v1/jobs"))
                                .header("Authorization", "Bearer " + TestOverseer.token("foundry"))
                                .header("Accept", "text/html"))
                .problem(406, "unsupported-type");
    }
}
