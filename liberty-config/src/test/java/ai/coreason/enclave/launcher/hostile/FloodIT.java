package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.ParameterSpec;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.sentry.airlock.Airlock;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that send more at once than an Overseer can hold or compute: it goes on, and so does everybody else. */
@ExtendWith(TestOverseer.class)
class FloodIT {
    /** Two layers of this width have 10 million parameters: 40 MB an update. */
    private static final int WIDTH = 3160;

    private static final int COPIES = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private record Sender(TestNode node, RoundTask task, byte[] envelope) {
        Sender(TestNode node) throws Exception {
            this(node, node.task());
        }

        private Sender(TestNode node, RoundTask task) throws Exception {
            this(node, task, node.envelope(task, zero(task.job().model()), h -> {}));
        }

        HttpResponse<byte[]> send() throws Exception {
            return Tls.client(node.tls())
                    .send(
                            HttpRequest.newBuilder(TestOverseer.nodes("/api/v1" + node.path(task)))
                                    .timeout(PATIENCE)
                                    .header("Content-Type", "application/octet-stream")
                                    .header("Content-Digest", TestNode.contentDigest(envelope))
                                    .PUT(BodyPublishers.ofByteArray(envelope))
                                    .build(),
                            BodyHandlers.ofByteArray());
        }
    }

    private static ObjectNode wideJob(List<String> clients) {
        ObjectNode job = TestJobs.job(clients, clients.size(), 1);
        ArrayNode nodes = (ArrayNode) job.get("model").get("nodes");
        nodes.removeAll();
        layer(nodes, "wide", "x", WIDTH);
        layer(nodes, "mid", "wide", WIDTH);
        layer(nodes, "fc", "mid", 1);
        return job;
    }

    private static void layer(ArrayNode nodes, String name, String in, int width) {
        ObjectNode layer = nodes.addObject().put("name", name).put("op", "linear");
        layer.putArray("in").add(in);
        layer.put("out_features", width).put("bias", true);
    }

    private static byte[] zero(ModelGraph graph) {
        Map<String, float[]> values = new HashMap<>();
        for (ParameterSpec p : graph.parameters()) {
            values.put(p.name(), new float[(int) p.size()]);
        }
        return Airlock.write(graph, Weights.of(graph, values), Map.of());
    }

    @Test
    void upload_manyAtOnceOfEachNode_takesEachOnceTurnsTheRestAwayAndGoesOn() throws Exception {
        List<TestNode> nodes = List.of(TestNode.enrolled("flood_ann"), TestNode.enrolled("flood_bob"));
        String job = TestOverseer.post(
                        "foundry",
                        "/jobs",
                        wideJob(nodes.stream().map(TestNode::id).toList()))
                .ok()
                .json()
                .get("job_id")
                .asText();
        List<Sender> senders = new ArrayList<>();
        for (TestNode node : nodes) {
            senders.add(new Sender(node));
        }
        List<Callable<HttpResponse<byte[]>>> calls = new ArrayList<>();
        for (int i = 0; i < COPIES; i++) {
            senders.forEach(s -> calls.add(s::send));
        }

        List<Integer> statuses = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        for (Future<HttpResponse<byte[]>> call : threads.invokeAll(calls)) {
            HttpResponse<byte[]> answer = call.get();
            statuses.add(answer.statusCode());
            if (answer.statusCode() != 202) {
                Answer.of(answer).problem(503, "unavailable");
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
            }
        }
        threads.shutdownNow();

        assertThat(statuses).contains(202, 503);
        for (Sender sender : senders) {
            TestOverseer.await(
                    "the update of " + sender.node().id(), () -> sender.send().statusCode(), s -> s == 202);
            assertThat(sender.node().judged(sender.task()).get("state").asText())
                    .isEqualTo("ADMITTED");
        }
        JsonNode ended = TestOverseer.await(
                "the job's end",
                () -> TestOverseer.get("operator", "/jobs/" + job).ok().json(),
                j -> !j.get("status").asText().equals("RUNNING"));
        assertThat(ended.get("status").asText()).isEqualTo("COMPLETED");
    }

    @Test
    void ledgerRows_moreThanACallMayHave_areTakenInPiecesAndToldOnce() throws Exception {
        TestNode mallory = TestNode.enrolled("flood_mallory");
        List<ChargeRow> rows = mallory.ledger().charges(150);
        String path = "/ledger-heads/" + TestJobs.DATASET;
        mallory.get(path + "?nonce=" + TestLedger.NONCE).ok();
        ObjectNode body = Json.object().put("nonce", TestLedger.NONCE);
        rows.forEach(r -> body.withArray("rows").add(r.json()));

        List<Integer> heads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            heads.add(mallory.post(path, body).ok().json().get("sequence").asInt());
        }
        body.putArray("rows").add(rows.get(64).json()).add(rows.get(66).json());
        mallory.post(path, body).problem(409, "illegal-state");

        assertThat(heads).containsExactly(64, 64);
        JsonNode records = TestOverseer.get("auditor", "/audit").ok().json().get("records");
        List<String> told = new ArrayList<>();
        records.forEach(r -> told.add(r.toString()));
        assertThat(told)
                .filteredOn(r -> r.contains("charge.mirrored") && r.contains("flood_mallory"))
                .hasSizeLessThanOrEqualTo(64);
        TestOverseer.post("operator", "/nodes/flood_mallory/revoke", Json.object())
                .ok();
    }
}
