package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.Enclave;
import ai.coreason.enclave.overseer.token.TokenIssuer;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator's stop buttons, pushed on a running Overseer while rounds are open. */
@ExtendWith(TestOverseer.class)
class StopIT {
    private static TestNode ann;
    private static TestNode bob;
    private static TestNode mallory;

    @BeforeAll
    static void enrol() throws Exception {
        ann = TestNode.enrolled("stop_ann");
        bob = TestNode.enrolled("stop_bob");
        mallory = TestNode.enrolled("stop_mallory");
    }

    /** So that a test that fails stops nobody else. */
    @AfterEach
    void goOn() throws Exception {
        order("/federation/thaw");
        order("/nodes/" + mallory.id() + "/reinstate");
        mallory.enrol();
        for (JsonNode job : TestOverseer.get("operator", "/jobs").ok().json().get("jobs")) {
            TestOverseer.post("operator", "/jobs/" + job.get("job_id").asText() + "/cancel", Json.object());
        }
    }

    private static void order(String path) throws Exception {
        assertThat(TestOverseer.post("operator", path, Json.object()).status()).isEqualTo(204);
    }

    private static String submit(List<TestNode> nodes, int least, int rounds) throws Exception {
        List<String> clients = nodes.stream().map(TestNode::id).toList();
        return TestOverseer.post("foundry", "/jobs", TestJobs.job(clients, least, rounds))
                .ok()
                .json()
                .get("job_id")
                .asText();
    }

    private static JsonNode job(String id) throws Exception {
        return TestOverseer.get("foundry", "/jobs/" + id).ok().json();
    }

    private static JsonNode completed(String id) throws Exception {
        JsonNode ended = TestOverseer.await(
                "the end of job " + id,
                () -> job(id),
                j -> !List.of("SUBMITTED", "ADMITTED", "RUNNING")
                        .contains(j.get("status").asText()));
        assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("COMPLETED");
        return TestOverseer.get("foundry", "/jobs/" + id + "/rounds").ok().json();
    }

    private static void train(TestNode node, RoundTask task) throws Exception {
        node.upload(task, node.honest(task)).ok();
    }

    private static CompletableFuture<Answer> poll(TestNode node) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return node.get("/tasks/next?wait_seconds=60");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void revokeNode_duringARound_itIsOutAndTheOthersFinish() throws Exception {
        String job = submit(List.of(ann, bob, mallory), 2, 1);
        RoundTask task = mallory.task();
        byte[] envelope = mallory.honest(task);
        mallory.upload(task, envelope).ok();
        assertThat(mallory.judged(task).get("state").asText()).isEqualTo("ADMITTED");
        CompletableFuture<Answer> waiting = poll(mallory);

        order("/nodes/" + mallory.id() + "/revoke");
        order("/nodes/" + mallory.id() + "/revoke");

        assertThat(waiting.get(30, TimeUnit.SECONDS).status()).isEqualTo(401);
        for (String path : List.of("/tasks/next?wait_seconds=1", "/attestation", "/jobs/" + job + "/rounds/1/model")) {
            mallory.get(path).problem(401, "unauthenticated");
        }
        mallory.upload(task, envelope).problem(401, "unauthenticated");
        TestOverseer.post("operator", "/enrolment-tokens", TestNode.tokenRequest(mallory.id()))
                .problem(409, "illegal-state");
        train(ann, ann.task());
        train(bob, bob.task());
        JsonNode round = completed(job).get(0);
        assertThat(round.get("participants")).extracting(JsonNode::asText).containsExactly(ann.id(), bob.id());
        assertThat(round.at("/declined/0/reason").asText()).contains("revoked");
        assertThat(TestOverseer.events()).contains("node.revoked");
        assertThat(TestOverseer.get("auditor", "/stops").ok().json().get("stops"))
                .anySatisfy(s -> assertThat(s.get("subject").asText()).isEqualTo(mallory.id()));
    }

    @Test
    void reinstateNode_needsANewTokenAndTrainsAgain() throws Exception {
        String unused = mallory.token();
        order("/nodes/" + mallory.id() + "/revoke");
        mallory.tryToEnrol(unused, TestNode.newKeys("secp256r1"), r -> {}).problem(403, "node-revoked");
        order("/nodes/" + mallory.id() + "/reinstate");
        mallory.tryToEnrol(unused, TestNode.newKeys("secp256r1"), r -> {}).problem(401, "unauthenticated");

        mallory.enrol();

        String job = submit(List.of(mallory), 1, 1);
        train(mallory, mallory.task());
        completed(job);
    }

    @Test
    void revokeNode_unknown_is404() throws Exception {
        TestOverseer.post("operator", "/nodes/stop_nobody/revoke", Json.object())
                .problem(404, "not-found");
        TestOverseer.post("operator", "/certificates/1/revoke", Json.object()).problem(404, "not-found");
        TestOverseer.post("operator", "/certificates/xyz/revoke", Json.object()).problem(400, "invalid-document");
        TestOverseer.call("operator", "DELETE", "/enrolment-tokens/" + "0".repeat(32), new byte[0], "")
                .problem(404, "not-found");
    }

    @Test
    void revokeCertificate_theNodeEnrolsAgainWithANewKey() throws Exception {
        JsonNode nodes = TestOverseer.get("operator", "/nodes").ok().json().get("nodes");
        String serial = "";
        for (JsonNode node : nodes) {
            if (node.get("node_id").asText().equals(bob.id())) {
                serial = node.get("certificate_serial").asText();
            }
        }

        order("/certificates/" + serial + "/revoke");

        bob.get("/attestation").problem(401, "unauthenticated");
        bob.enrol();
        bob.get("/attestation").ok();
    }

    @Test
    void withdrawToken_nobodyEnrolsWithIt() throws Exception {
        TestNode stranger = TestNode.stranger("stop_stranger");
        String token = stranger.token();
        JsonNode listed = tokenOf(stranger.id());
        assertThat(listed.at("/datasets/0/max_rows").asInt()).isEqualTo(1000);
        String id = listed.get("id").asText();

        for (int i = 0; i < 2; i++) {
            assertThat(TestOverseer.call("operator", "DELETE", "/enrolment-tokens/" + id, new byte[0], "")
                            .status())
                    .isEqualTo(204);
        }

        stranger.tryToEnrol(token, TestNode.newKeys("secp256r1"), r -> {}).problem(401, "unauthenticated");
        assertThat(TestOverseer.events()).contains("token.withdrawn");
    }

    private static JsonNode tokenOf(String node) throws Exception {
        for (JsonNode token :
                TestOverseer.get("operator", "/enrolment-tokens").ok().json().get("tokens")) {
            if (token.get("node_id").asText().equals(node)) {
                return token;
            }
        }
        throw new AssertionError("expected a token of " + node);
    }

    @Test
    void revokeUser_tokensFromBeforeAndOfTheSameMinuteAreRefused() throws Exception {
        String before = carol();
        asCarol(before).ok();

        order("/users/carol/revoke");

        asCarol(before).problem(401, "unauthenticated");
        asCarol(carol()).problem(401, "unauthenticated");
        assertThat(TestOverseer.events()).contains("user.revoked");
    }

    private static String carol() throws Exception {
        return TokenIssuer.load(TestOverseer.file("state/tokens")).issue("carol", "foundry", Duration.ofHours(1));
    }

    private static Answer asCarol(String token) throws Exception {
        return TestOverseer.send(
                TestOverseer.anonymous(),
                TestOverseer.request(TestOverseer.users("/api/v1/jobs")).header("Authorization", "Bearer " + token));
    }

    @Test
    void commands_onTheOverseersFolder_doTheSame() throws Exception {
        assertThat(enclave("freeze")).isZero();
        TestOverseer.post("foundry", "/jobs", TestJobs.job(List.of(bob.id()), 1, 1))
                .problem(409, "illegal-state");
        assertThat(enclave("thaw")).isZero();
        assertThat(enclave("revoke", "--node", mallory.id())).isZero();
        mallory.get("/attestation").problem(401, "unauthenticated");
        assertThat(enclave("revoke", "--node", mallory.id(), "--undo")).isZero();
        assertThat(enclave("revoke", "--user", "auth0|dave")).isZero();
        assertThat(enclave("revoke", "--node", "stop_nobody")).isEqualTo(1);

        String job = submit(List.of(bob), 1, 1);
        assertThat(enclave("freeze", "--job", job)).isZero();
        assertThat(job(job).get("frozen").asBoolean()).isTrue();
        assertThat(enclave("thaw", "--job", job)).isZero();
        train(bob, bob.task());
        completed(job);
    }

    private static int enclave(String... arguments) {
        List<String> line = new ArrayList<>(List.of("overseer"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--state", TestOverseer.folder().toString()));
        return Enclave.commandLine().execute(line.toArray(String[]::new));
    }

    @Test
    void freezeJob_uploadsAreTakenAndNothingMovesUntilItIsThawed() throws Exception {
        String frozen = submit(List.of(ann), 1, 2);
        RoundTask task = ann.task();
        order("/jobs/" + frozen + "/freeze");
        order("/jobs/" + frozen + "/freeze");

        assertThat(ann.get("/tasks/next?wait_seconds=1").status()).isEqualTo(204);
        train(ann, task);
        assertThat(ann.judged(task).get("state").asText()).isEqualTo("ADMITTED");
        String other = submit(List.of(bob), 1, 1);
        train(bob, bob.task());
        completed(other);
        assertThat(job(frozen).get("round").asInt()).isZero();
        assertThat(job(frozen).get("frozen").asBoolean()).isTrue();

        order("/jobs/" + frozen + "/thaw");

        train(ann, ann.task());
        assertThat(completed(frozen)).hasSize(2);
        assertThat(TestOverseer.events()).contains("job.frozen", "job.thawed");
    }

    /** The way of a site that approves by digest: there is none before the submission, and no node is asked before the thaw. */
    @Test
    void submitFrozen_noNodeIsAskedUntilItIsThawed() throws Exception {
        JsonNode job = TestOverseer.post("foundry", "/jobs?frozen=true", TestJobs.job(List.of(ann.id()), 1, 1))
                .ok()
                .json();
        String id = job.get("job_id").asText();
        assertThat(job.get("frozen").asBoolean()).isTrue();
        assertThat(job.get("job_digest").asText()).hasSize(64);

        assertThat(ann.get("/tasks/next?wait_seconds=2").status()).isEqualTo(204);
        assertThat(TestOverseer.get("operator", "/jobs/" + id + "/rounds").ok().json())
                .isEmpty();

        order("/jobs/" + id + "/thaw");
        RoundTask task = ann.task();
        assertThat(task.jobDigest()).isEqualTo(job.get("job_digest").asText());
        train(ann, task);
        completed(id);
    }

    @Test
    void freezeFederation_noTaskNoEnrolmentNoJobUntilItIsThawed() throws Exception {
        TestNode stranger = TestNode.stranger("stop_late");
        String token = stranger.token();
        String job = submit(List.of(ann, bob), 2, 1);
        RoundTask task = ann.task();
        CompletableFuture<Answer> waiting = poll(mallory);

        order("/federation/freeze");
        awaitRung(waiting, "/federation");

        assertThat(waiting.get(30, TimeUnit.SECONDS).status()).isEqualTo(204);
        assertThat(bob.get("/tasks/next?wait_seconds=1").status()).isEqualTo(204);
        train(ann, task);
        TestOverseer.send(
                        TestOverseer.anonymous(),
                        TestOverseer.request(TestOverseer.nodes("/api/v1/enrolments/nonces"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"node_id\": \"stop_late\"}")))
                .problem(503, "unavailable");
        TestOverseer.post("foundry", "/jobs", TestJobs.job(List.of(bob.id()), 1, 1))
                .problem(409, "illegal-state");

        order("/federation/thaw");

        train(bob, bob.task());
        completed(job);
        stranger.tryToEnrol(token, TestNode.newKeys("secp256r1"), r -> {}).ok();
        assertThat(TestOverseer.events()).contains("federation.frozen", "federation.thawed");
    }

    /** A poll that came after the order is rung by the next one. */
    private static void awaitRung(CompletableFuture<Answer> waiting, String stopped) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!waiting.isDone() && System.nanoTime() < end) {
            order(stopped + "/thaw");
            order(stopped + "/freeze");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }
}
