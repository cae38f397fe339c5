package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.simulate.FaultyLine.Fault;
import ai.coreason.enclave.launcher.simulate.OverseerApi.Role;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes whose lines break and that are killed in the middle of a round: the round closes with what they had sealed. */
class RestartIT {
    private static final List<String> NODES = List.of("node_a", "node_b");
    private static final int ENROLMENT = 1500;
    private static final int UPDATE = 32 << 10;
    private static final long LIMIT_SECONDS = 300;

    @TempDir
    private Path folder;

    private final List<FaultyLine> lines = new ArrayList<>();
    private List<Integer> ports;
    private OverseerApi api;

    @BeforeEach
    void start() throws Exception {
        ports = FreePorts.find(4);
        enclave("overseer", "run", "--simulation", "--detach", "--https-port", port(0), "--node-port", port(1));
        Path state = new ServerLayout("overseer", folder.resolve("overseer")).state();
        TokenIssuer issuer = TokenIssuer.load(state.resolve("tokens"));
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, issuer.issue("it", role.name().toLowerCase(Locale.ROOT), Duration.ofHours(1)));
        }
        URI origin = URI.create("https://127.0.0.1:" + port(0));
        api = new OverseerApi(
                origin, OverseerFiles.of(folder.resolve("overseer")).client(), tokens);
        for (String node : NODES) {
            lines.add(new FaultyLine(ports.get(1)));
            writeSite(node, lines.get(lines.size() - 1).port());
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (String node : NODES) {
            enclave(node, "stop");
        }
        enclave("overseer", "stop");
        for (FaultyLine line : lines) {
            line.close();
        }
    }

    @Test
    void round_nodesKilledBetweenChargeAndAnswer_closesWithTheirUpdatesAndOneChargeEach() throws Exception {
        CompletableFuture<Void> enrolmentLost = lines.get(0).breakAt(Fault.ANSWER_LOST, ENROLMENT, false);
        runNodes();
        assertThat(enrolmentLost).isCompleted();
        assertThat(api.nodes()).extracting(n -> n.path("epoch").asLong()).containsOnly(1L);

        CompletableFuture<Void> cut = lines.get(0).breakAt(Fault.REQUEST_CUT, UPDATE, true);
        CompletableFuture<Void> lost = lines.get(1).breakAt(Fault.ANSWER_LOST, UPDATE, true);
        String job = api.submit(job()).path("job_id").asText();
        CompletableFuture.allOf(cut, lost).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        for (String node : NODES) {
            process(node).destroyForcibly();
            process(node).onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        lines.forEach(FaultyLine::mend);
        runNodes();

        assertThat(ended(job).path("status").asText()).isEqualTo("COMPLETED");
        assertThat(api.rounds(job)).singleElement().satisfies(round -> {
            assertThat(round.path("attempt").asLong()).isEqualTo(1);
            assertThat(round.path("participants"))
                    .extracting(JsonNode::asText)
                    .containsExactlyInAnyOrderElementsOf(NODES);
        });
        assertThat(api.nodes()).extracting(n -> n.path("epoch").asLong()).containsOnly(2L);
        List<ChargeRow> charges = new ArrayList<>();
        api.ledger().path("rows").forEach(row -> charges.add(ChargeRow.parse(row, "rows")));
        assertThat(charges).hasSize(2).allSatisfy(row -> assertThat(row.state()).isEqualTo(ChargeState.COMMITTED));
        assertThat(charges).extracting(row -> row.request().nodeId()).containsExactlyInAnyOrderElementsOf(NODES);
    }

    private void writeSite(String node, int overseerPort) throws Exception {
        Path records = Files.createDirectories(folder.resolve(node + "-records"));
        StringBuilder csv = new StringBuilder("age,sex,label\n");
        for (int i = 0; i < 100; i++) {
            csv.append(i)
                    .append(',')
                    .append(i % 2)
                    .append(',')
                    .append(i < 50 ? 0 : 1)
                    .append('\n');
        }
        Files.writeString(records.resolve("records.csv"), csv);
        Files.writeString(records.resolve("datapackage.json"), """
                {"name": "records", "resources": [{"name": "%1$s", "path": "records.csv", "format": "csv",
                 "schema": {"fields": [
                   {"name": "age", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 120}},
                   {"name": "sex", "type": "number", "constraints": {"required": true, "enum": [0, 1]}},
                   {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                 "coreason": {"data_owner": "owner_%1$s", "dataset_id": "heart", "privacy_unit": "record",
                              "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(node));
        Files.writeString(folder.resolve(node + ".token"), api.enrolmentToken(node));
        ObjectNode site = Json.object()
                .put("node_id", node)
                .put("overseer", "https://127.0.0.1:" + overseerPort)
                .put("ca_file", folder.resolve("overseer").resolve("ca.pem").toString())
                .put("token_file", folder.resolve(node + ".token").toString())
                .put("data_package", records.resolve("datapackage.json").toString());
        site.putArray("resources").add(node);
        site.put("approve", "any");
        site.putObject("simulation")
                .put(
                        "evidence_key",
                        folder.resolve("overseer").resolve("evidence.key").toString());
        Files.write(folder.resolve(node + ".json"), Json.write(site));
    }

    /** One round of a model whose update is larger than anything else that a node sends. */
    private static ObjectNode job() {
        return (ObjectNode) Json.read("""
                {"clients": ["node_a", "node_b"], "min_clients": 2, "rounds": 1, "round_deadline_seconds": 3600,
                 "strategy": "FED_AVG",
                 "privacy": {"mechanism": "DP_SGD", "noise_multiplier": 2.0, "max_grad_norm": 1.0,
                             "target_epsilon": 3.0, "target_delta": 0.001},
                 "dataset": {"name": "heart",
                             "features": [{"field": "age", "encode": "min_max"}, {"field": "sex", "encode": "identity"}],
                             "label": {"field": "label", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 2, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
                           "nodes": [{"name": "wide", "op": "linear", "in": ["x"], "out_features": 4096, "bias": true},
                                     {"name": "r", "op": "relu", "in": ["wide"]},
                                     {"name": "fc", "op": "linear", "in": ["r"], "out_features": 1, "bias": true}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """);
    }

    private void runNodes() throws Exception {
        for (String node : NODES) {
            enclave(
                    node,
                    "run",
                    "--detach",
                    "--site",
                    folder.resolve(node + ".json").toString(),
                    "--http-port",
                    port(2 + NODES.indexOf(node)));
        }
    }

    /** The job once it has ended; asked again as long as the Overseer runs. */
    private JsonNode ended(String job) throws Exception {
        CompletableFuture<ProcessHandle> overseer = process("overseer").onExit();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (System.nanoTime() < limit) {
            JsonNode now = api.job(job);
            if (!List.of("ADMITTED", "RUNNING").contains(now.path("status").asText())) {
                return now;
            }
            try {
                overseer.get(250, TimeUnit.MILLISECONDS);
                throw new AssertionError("the Overseer has ended\n" + printed());
            } catch (TimeoutException goesOn) {
                continue;
            }
        }
        throw new AssertionError("the job has not ended: " + api.job(job) + "\n" + printed());
    }

    private ProcessHandle process(String server) throws IOException {
        long pid = Json.read(Files.readAllBytes(folder.resolve(server).resolve("server.pid")))
                .path("pid")
                .asLong();
        return ProcessHandle.of(pid).orElseThrow();
    }

    private void enclave(String server, String... arguments) throws Exception {
        Path home = Path.of(System.getProperty("enclave.home"));
        List<String> command = new ArrayList<>();
        command.add(home.resolve("liberty-config/bin/enclave").toString());
        command.add(server.startsWith("node") ? "node" : server);
        command.addAll(List.of(arguments));
        command.addAll(List.of("--state", folder.resolve(server).toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        assertThat(process.waitFor()).as(printed()).isZero();
    }

    private String printed() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private String port(int index) {
        return String.valueOf(ports.get(index));
    }
}
