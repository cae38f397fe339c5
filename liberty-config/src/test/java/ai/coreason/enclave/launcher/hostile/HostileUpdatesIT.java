package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that hands in what it must not: it is refused or rejected in sight of all, and the round goes on without harm. */
@ExtendWith(TestOverseer.class)
class HostileUpdatesIT {
    private static final int HEADER_ROOM = 1 << 20;

    private static TestNode ann;
    private static TestNode bob;
    private static TestNode mallory;
    private static TestNode outsider;

    private String job;
    private RoundTask task;

    @BeforeAll
    static void enrol() throws Exception {
        ann = TestNode.enrolled("round_ann");
        bob = TestNode.enrolled("round_bob");
        mallory = TestNode.enrolled("round_mallory");
        outsider = TestNode.enrolled("round_outsider");
    }

    @BeforeEach
    void openRound() throws Exception {
        job = TestOverseer.post("foundry", "/jobs", TestJobs.job(List.of(ann.id(), bob.id(), mallory.id()), 2, 1))
                .ok()
                .json()
                .get("job_id")
                .asText();
        task = mallory.task();
        assertThat(task.key().jobId()).isEqualTo(job);
    }

    /** So that a test that fails leaves no task to the next one. */
    @AfterEach
    void endJob() throws Exception {
        TestOverseer.post("operator", "/jobs/" + job + "/cancel", Json.object());
    }

    static Stream<Arguments> brokenTensors() {
        return Stream.of(
                arguments("wrong shape", List.of(tensor("fc.weight", 2), tensor("fc.bias", 1)), "fc.weight"),
                arguments("missing tensor", List.of(tensor("fc.weight", 1)), "fc.bias"),
                arguments(
                        "further tensor", List.of(weight(0), tensor("fc.bias", 1), tensor("records", 100)), "records"),
                arguments("NaN", List.of(weight(Float.NaN), tensor("fc.bias", 1)), "fc.weight"),
                arguments("Infinity", List.of(weight(Float.POSITIVE_INFINITY), tensor("fc.bias", 1)), "fc.weight"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenTensors")
    void upload_tensorsThatDoNotFit_is422AndRightOnesAreTakenAfterwards(
            String name, List<Tensor> tensors, String tensor) throws Exception {
        byte[] envelope = mallory.envelope(task, Safetensors.write(Map.of(), tensors), h -> {});

        JsonNode problem = mallory.upload(task, envelope).problem(422, "model-refused");

        assertThat(problem.get("detail").asText()).contains(tensor);
        assertRoundUnharmed();
    }

    @Test
    void upload_noTensorsAtAll_is400() throws Exception {
        byte[] envelope = mallory.envelope(task, "not a file".getBytes(StandardCharsets.UTF_8), h -> {});

        mallory.upload(task, envelope).problem(400, "invalid-document");
        assertRoundUnharmed();
    }

    @Test
    void upload_wrongDigest_is422() throws Exception {
        String digest = TestNode.contentDigest(new byte[1]);

        JsonNode problem =
                mallory.upload(mallory.path(task), digest, mallory.honest(task)).problem(422, "digest-mismatch");

        assertThat(problem.get("field").asText()).isEqualTo("Content-Digest");
        assertRoundUnharmed();
    }

    @Test
    void upload_withoutDigest_is422() throws Exception {
        JsonNode problem = mallory.upload(mallory.path(task), "sha-256=:none:", mallory.honest(task))
                .problem(422, "digest-mismatch");

        assertThat(problem.get("detail").asText()).contains("sha-256=:base64 of 32 bytes:");
        assertRoundUnharmed();
    }

    @Test
    void upload_sealedBytesChanged_is422() throws Exception {
        byte[] envelope = mallory.honest(task);
        envelope[envelope.length - 1] ^= 1;

        mallory.upload(task, envelope).problem(422, "digest-mismatch");
        assertRoundUnharmed();
    }

    @Test
    void upload_truncatedEnvelope_is4xx() throws Exception {
        byte[] envelope = mallory.honest(task);

        for (int length : new int[] {0, 7, 8, 100, envelope.length - 100, envelope.length - 1}) {
            Answer answer = mallory.upload(task, Arrays.copyOf(envelope, length));
            assertThat(answer.status()).as(answer.toString()).isIn(400, 422);
            assertThat(answer.type()).isEqualTo("application/problem+json");
        }
        assertRoundUnharmed();
    }

    @Test
    void upload_connectionLostInTheMiddle_storesNothing() throws Exception {
        byte[] envelope = mallory.honest(task);
        String head = "PUT /api/v1" + mallory.path(task) + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/octet-stream\r\nContent-Digest: " + TestNode.contentDigest(envelope)
                + "\r\nContent-Length: " + envelope.length + "\r\n\r\n";
        try (SSLSocket socket = (SSLSocket) mallory.tls()
                .getSocketFactory()
                .createSocket("127.0.0.1", TestOverseer.nodes("/").getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(envelope, 0, envelope.length / 2);
            out.flush();
        }

        assertThat(mallory.judged(task).get("state").asText()).isEqualTo("INVITED");
        assertRoundUnharmed();
    }

    @ParameterizedTest
    @ValueSource(floats = {44f, 1e10f, 1e30f, Float.MAX_VALUE})
    void upload_longerThanThePlanPermits_is422AndSaysHowLongItMayBe(float value) throws Exception {
        byte[] envelope = mallory.envelope(task, TestNode.update(task.job().model(), value), h -> {});

        JsonNode problem = mallory.upload(task, envelope).problem(422, "model-refused");

        assertThat(problem.get("detail").asText()).contains("an L2 norm of at most 6.");
        assertRoundUnharmed();
    }

    @Test
    void upload_tooLarge_is413() throws Exception {
        byte[] body = new byte[HEADER_ROOM + 4 * 2 + 1];

        JsonNode problem = mallory.upload(task, body).problem(413, "too-large");

        assertThat(problem.get("detail").asText()).contains((body.length - 1) + " bytes");
        assertRoundUnharmed();
    }

    static Stream<Arguments> brokenHeaders() {
        return Stream.of(
                arguments("\"normaliser\":[0-9.]+", "\"normaliser\":1e999", "header.ledger_row.normaliser"),
                arguments("\"accountant\":\"[A-Z]+\"", "\"accountant\":\"\\\\ud800\"", "header.ledger_row.accountant"),
                arguments(
                        "\"accountant\":\"[A-Z]+\"",
                        "\"accountant\":\"" + "R".repeat(8000) + "\"",
                        "header.ledger_row"),
                arguments("\"accountant\":\"[A-Z]+\"", "\"accountant\":\"RDP\",\"note\":1", "header.ledger_row.note"),
                arguments("\"declared_rows\":1000", "\"declared_rows\":1000000000", "header.ledger_row"),
                arguments("\"steps\":1", "\"steps\":9223372036854775807", "header.ledger_row.steps"),
                arguments("\"round\":1", "\"round\":1,\"round\":1", "document"),
                arguments("\"train_ms\":1", "\"train_ms\":-1", "train_ms"),
                arguments("\"train_ms\":1", "\"train_ms\":1,\"note\":1", "note"),
                arguments("\"node_id\":\"round_mallory\"", "\"node_id\":\"round_ann\"", "header.node_id"),
                arguments("\"attempt\":1", "\"attempt\":0", "attempt"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("brokenHeaders")
    void upload_headerThatDoesNotFit_is400(String from, String to, String field) throws Exception {
        byte[] envelope = TestNode.rewritten(mallory.honest(task), from, to);

        JsonNode problem = mallory.upload(task, envelope).problem(400, "invalid-document");

        assertThat(problem.get("detail").asText()).startsWith(field);
        assertRoundUnharmed();
    }

    static Stream<Arguments> lies() {
        String other = "0".repeat(64);
        return Stream.of(
                arguments("base_digest", lie(h -> h.put("base_digest", other))),
                arguments("plan_digest", lie(h -> h.put("plan_digest", other))),
                arguments("job_digest", lie(h -> h.put("job_digest", other))),
                arguments("nonce", lie(h -> h.put("nonce", "A".repeat(43) + "="))),
                arguments("ledger_row", lie(h -> row(h).put("noise_multiplier", 80.0))),
                arguments("ledger_row", lie(h -> row(h).put("epsilon_after", 0.0))),
                arguments("ledger_row", lie(h -> row(h).put("data_owner", "owner_round_ann"))),
                arguments("ledger_row", lie(h -> row(h).put("hash", other))));
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("lies")
    void upload_sealedLie_isRejectedInSightAndTheRoundGoesOn(String reason, Consumer<ObjectNode> lie) throws Exception {
        byte[] update = TestNode.update(task.job().model(), 3f);

        mallory.upload(task, mallory.envelope(task, update, lie)).ok();

        JsonNode judged = mallory.judged(task);
        assertThat(judged.get("state").asText()).isEqualTo("REJECTED");
        assertThat(judged.get("reasons").toString()).contains(reason);
        completes(List.of(ann, bob));
        JsonNode round = TestOverseer.get("auditor", "/jobs/" + job + "/rounds")
                .ok()
                .json()
                .get(0);
        assertThat(round.at("/declined/0/node_id").asText()).isEqualTo(mallory.id());
        assertThat(round.at("/declined/0/state").asText()).isEqualTo("REJECTED");
        assertThat(TestOverseer.events()).contains("update.rejected");
        assertQuarantined();
        mallory.enrol();
    }

    static Stream<Arguments> otherTerms() {
        return Stream.of(
                arguments("job_limit: expected 3.0, got 400.0", lie(r -> r.put("job_limit", 400.0))),
                arguments("job_delta: expected 1.0E-5, got 0.3", lie(r -> r.put("job_delta", 0.3))),
                arguments("measurement: expected", lie(r -> r.put("measurement", "not-the-measurement"))),
                arguments("noise_multiplier: expected", lie(r -> r.put("noise_multiplier", 80.0))));
    }

    /** The row is whole, true to itself and signed by the node; it is only not what the job says. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("otherTerms")
    void upload_chargeOnOtherTermsThanTheJobs_isRejectedAndTheRoundGoesOn(String reason, Consumer<ObjectNode> change)
            throws Exception {
        byte[] update = TestNode.update(task.job().model(), 0.25f);

        mallory.upload(
                        task,
                        mallory.envelope(
                                task,
                                update,
                                h -> h.set(
                                        "ledger_row",
                                        mallory.ledger().lie(task, change).json())))
                .ok();

        JsonNode judged = mallory.judged(task);
        assertThat(judged.get("state").asText()).isEqualTo("REJECTED");
        assertThat(judged.get("reasons").toString()).contains("ledger_row." + reason);
        completes(List.of(ann, bob));
        mallory.enrol();
    }

    @Test
    void upload_chargeOnAnotherDatasetOfTheNode_isRejectedAndCostsNeither() throws Exception {
        endJob();
        TestNode two = TestNode.stranger("round_two");
        TestLedger decoy = two.offering("decoy");
        two.enrol();
        job = TestOverseer.post("foundry", "/jobs", TestJobs.job(List.of(two.id()), 1, 1))
                .ok()
                .json()
                .get("job_id")
                .asText();
        RoundTask own = two.task();
        byte[] update = TestNode.update(own.job().model(), 0.25f);

        two.upload(
                        own,
                        two.envelope(
                                own,
                                update,
                                h -> h.set("ledger_row", decoy.charge(own).json())))
                .ok();

        JsonNode judged = two.judged(own);
        assertThat(judged.get("state").asText()).isEqualTo("REJECTED");
        assertThat(judged.get("reasons").toString())
                .contains("ledger_row.dataset_id: expected")
                .contains("decoy");
        two.enrol();
        for (String dataset : List.of(TestJobs.DATASET, "decoy")) {
            assertThat(two.get("/ledger-heads/" + dataset + "?nonce=" + TestLedger.NONCE)
                            .ok()
                            .json()
                            .get("sequence")
                            .asLong())
                    .isZero();
        }
    }

    /** No tasks before it has enrolled again, and whoever may see the node sees why. */
    private static void assertQuarantined() throws Exception {
        mallory.get("/tasks/next?wait_seconds=1").problem(401, "unauthenticated");
        JsonNode report = TestOverseer.get("operator", "/nodes/" + mallory.id() + "/attestation")
                .ok()
                .json();
        assertThat(report.get("status").asText()).isEqualTo("UNTRUSTED");
        assertThat(report.get("reasons")).isNotEmpty();
        assertThat(mallory.get("/attestation").ok().json()).isEqualTo(report);
    }

    @Test
    void anyCall_inQuarantine_getsNothingButItsReport() throws Exception {
        byte[] envelope = mallory.envelope(
                task, TestNode.update(task.job().model(), 1f), h -> h.put("base_digest", "0".repeat(64)));
        mallory.upload(task, envelope).ok();
        assertThat(mallory.judged(task).get("state").asText()).isEqualTo("REJECTED");

        String heads = "/ledger-heads/" + TestJobs.DATASET;
        for (String path :
                List.of("/jobs/" + job + "/rounds/1/model", mallory.path(task), heads + "?nonce=" + TestLedger.NONCE)) {
            mallory.get(path).problem(401, "unauthenticated");
        }
        ObjectNode rows = Json.object().put("nonce", TestLedger.NONCE);
        rows.putArray("rows").add(mallory.ledger().charge(task).json());
        mallory.post(heads, rows).problem(401, "unauthenticated");
        ObjectNode decline =
                Json.object().put("attempt", 1).put("reason", "INTERNAL").put("detail", "");
        mallory.post("/jobs/" + job + "/rounds/1/declines", decline).problem(401, "unauthenticated");
        mallory.upload(task, envelope).problem(401, "unauthenticated");
        assertQuarantined();

        completes(List.of(ann, bob));
        mallory.enrol();
    }

    @Test
    void upload_ownUpdateToWrongPathsAfterwards_leavesItInTheVault() throws Exception {
        byte[] envelope = mallory.honest(task);
        mallory.upload(task, envelope).ok();

        mallory.upload(mallory.path(task), TestNode.contentDigest(new byte[1]), envelope)
                .problem(422, "digest-mismatch");
        outsider.upload(
                        "/jobs/" + job + "/rounds/1/updates/" + outsider.id(),
                        TestNode.contentDigest(envelope),
                        envelope)
                .problem(403, "forbidden");
        ann.upload(ann.path(task), TestNode.contentDigest(envelope), envelope).problem(400, "invalid-document");

        completes(List.of(ann, bob, mallory));
    }

    @Test
    void upload_sameBytesAgain_getsTheSameAnswer() throws Exception {
        byte[] envelope = mallory.honest(task);
        mallory.upload(task, envelope).ok();
        assertThat(mallory.judged(task).get("state").asText()).isEqualTo("ADMITTED");

        assertThat(mallory.upload(task, envelope).ok().json().get("state").asText())
                .isEqualTo("ADMITTED");

        completes(List.of(ann, bob, mallory));
        assertThat(mallory.upload(task, envelope).status()).isEqualTo(202);
    }

    @Test
    void upload_otherBytesForTheSameKey_is409() throws Exception {
        mallory.upload(task, mallory.honest(task)).ok();

        JsonNode problem = mallory.upload(
                        task, mallory.envelope(task, TestNode.update(task.job().model(), 3f), h -> {}))
                .problem(409, "conflicting-repeat");

        assertThat(problem.get("detail").asText()).contains("the sealed bytes of the first upload");
        completes(List.of(ann, bob, mallory));
    }

    @Test
    void upload_elsewhere_is403Or404() throws Exception {
        byte[] envelope = mallory.honest(task);
        String digest = TestNode.contentDigest(envelope);
        String rounds = "/jobs/" + job + "/rounds/";

        mallory.upload(rounds + "1/updates/" + ann.id(), digest, envelope).problem(403, "forbidden");
        mallory.upload(rounds + "2/updates/" + mallory.id(), digest, envelope).problem(403, "forbidden");
        mallory.upload(rounds + "0/updates/" + mallory.id(), digest, envelope).problem(403, "forbidden");
        mallory.upload(rounds + "one/updates/" + mallory.id(), digest, envelope).problem(404, "not-found");
        mallory.upload("/jobs/" + UUID.randomUUID() + "/rounds/1/updates/" + mallory.id(), digest, envelope)
                .problem(404, "not-found");
        mallory.upload("/jobs/none/rounds/1/updates/" + mallory.id(), digest, envelope)
                .problem(404, "not-found");
        outsider.upload(rounds + "1/updates/" + outsider.id(), digest, envelope).problem(403, "forbidden");
        outsider.get(rounds + "1/model").problem(403, "forbidden");
        mallory.get(rounds + "1/updates/" + ann.id()).problem(403, "forbidden");

        assertRoundUnharmed();
    }

    @Test
    void upload_afterDeclining_is409() throws Exception {
        mallory.post(
                        "/jobs/" + job + "/rounds/1/declines",
                        Json.object()
                                .put("attempt", 1)
                                .put("reason", "INTERNAL")
                                .put("detail", ""))
                .ok();

        JsonNode open = mallory.upload(task, mallory.honest(task)).problem(409, "illegal-state");
        assertThat(open.get("detail").asText()).contains("DECLINED");
        completes(List.of(ann, bob));
        JsonNode closed = mallory.upload(task, mallory.honest(task)).problem(409, "illegal-state");
        assertThat(closed.get("detail").asText()).contains("CLOSED");
    }

    @Test
    void upload_afterTheJobWasCancelled_is409() throws Exception {
        JsonNode cancelled = TestOverseer.post("operator", "/jobs/" + job + "/cancel", Json.object())
                .ok()
                .json();
        assertThat(cancelled.get("status").asText()).isEqualTo("CANCELLED");

        JsonNode problem = mallory.upload(task, mallory.honest(task)).problem(409, "illegal-state");

        assertThat(problem.get("detail").asText()).contains("CANCELLED");
    }

    @Test
    void ledgerRows_hostile_are4xxAndNothingIsMirrored() throws Exception {
        JsonNode row = mallory.ledger().charge(task).json();
        String path = "/ledger-heads/" + TestJobs.DATASET;
        mallory.ledger().mirror(mallory);
        JsonNode before = mirrored(path);
        for (Consumer<ObjectNode> lie : List.<Consumer<ObjectNode>>of(
                r -> r.put("sequence", r.get("sequence").asLong() + 1),
                r -> r.put("steps", Long.MAX_VALUE),
                r -> r.put("declared_rows", 1_000_000_000L),
                r -> r.put("job_id", "x".repeat(5000)),
                r -> r.put("hash", "0".repeat(64)),
                r -> r.put("state", "SPENT"),
                r -> r.putNull("job_id"))) {
            ObjectNode body = Json.object().put("nonce", TestLedger.NONCE);
            ObjectNode changed = row.deepCopy();
            lie.accept(changed);
            body.putArray("rows").add(changed);
            Answer answer = mallory.post(path, body);
            assertThat(answer.status()).as(answer.toString()).isIn(400, 409);
            assertThat(answer.type()).isEqualTo("application/problem+json");
        }
        assertThat(mirrored(path)).isEqualTo(before);
        assertRoundUnharmed();
    }

    @Test
    void ledgerRows_ofThisJobOnOtherTerms_are4xxAndNothingIsMirrored() throws Exception {
        String path = "/ledger-heads/" + TestJobs.DATASET;
        mallory.ledger().mirror(mallory);
        JsonNode before = mirrored(path);
        for (String member : List.of("job_limit", "job_delta")) {
            ObjectNode body = Json.object().put("nonce", TestLedger.NONCE);
            body.putArray("rows")
                    .add(mallory.ledger().lie(task, r -> r.put(member, 0.9)).json());
            Answer answer = mallory.post(path, body);
            assertThat(answer.status()).as(answer.toString()).isIn(400, 409);
            assertThat(answer.json().get("detail").asText()).contains("rows." + member + ": expected");
        }
        assertThat(mirrored(path)).isEqualTo(before);
        assertRoundUnharmed();
    }

    @Test
    void decline_detailOfHalfASurrogatePair_is400AndChangesNothing() throws Exception {
        ObjectNode decline =
                Json.object().put("attempt", 1).put("reason", "INTERNAL").put("detail", "DETAIL");
        byte[] body = Json.canonical(decline);
        String text = new String(body, StandardCharsets.UTF_8).replace("DETAIL", "\\ud800");

        JsonNode problem = mallory.post("/jobs/" + job + "/rounds/1/declines", text.getBytes(StandardCharsets.UTF_8))
                .problem(400, "invalid-document");

        assertThat(problem.get("detail").asText()).startsWith("detail: expected ");
        assertRoundUnharmed();
    }

    private JsonNode mirrored(String path) throws Exception {
        ObjectNode head = (ObjectNode)
                mallory.get(path + "?nonce=" + TestLedger.NONCE).ok().json();
        return head.retain("sequence", "hash");
    }

    /** The refused upload left no trace: the same node's right update is taken, and the job completes with all three. */
    private void assertRoundUnharmed() throws Exception {
        assertThat(mallory.get(mallory.path(task)).ok().json().get("state").asText())
                .isEqualTo("INVITED");
        mallory.upload(task, mallory.honest(task)).ok();
        completes(List.of(ann, bob, mallory));
    }

    private void completes(List<TestNode> participants) throws Exception {
        for (TestNode honest : List.of(ann, bob)) {
            RoundTask own = honest.task();
            honest.upload(own, honest.honest(own)).ok();
        }
        JsonNode ended = TestOverseer.await(
                "the end of job " + job,
                () -> TestOverseer.get("foundry", "/jobs/" + job).ok().json(),
                j -> !List.of("ADMITTED", "RUNNING").contains(j.get("status").asText()));
        assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("COMPLETED");
        JsonNode rounds =
                TestOverseer.get("foundry", "/jobs/" + job + "/rounds").ok().json();
        assertThat(rounds).hasSize(1);
        assertThat(rounds.get(0).get("participants"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(
                        participants.stream().map(TestNode::id).toList());
    }

    private static Tensor tensor(String name, int length) {
        List<Long> shape = name.equals("fc.weight") ? List.of(1L, (long) length) : List.of((long) length);
        return Tensor.of(name, shape, new float[length]);
    }

    private static Tensor weight(float value) {
        return Tensor.of("fc.weight", List.of(1L, 1L), new float[] {value});
    }

    private static Consumer<ObjectNode> lie(Consumer<ObjectNode> change) {
        return change;
    }

    private static ObjectNode row(ObjectNode header) {
        return (ObjectNode) header.get("ledger_row");
    }
}
