package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.launcher.simulate.FaultyLine.Fault;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes whose lines break and that are killed in the middle of a round: the round closes with what they had sealed. */
class RestartIT {
    private static final List<String> NODES = List.of("node_a", "node_b");
    private static final int ENROLMENT = 1500;
    private static final int UPDATE = 32 << 10;
    /** Makes an update larger than anything else that a node sends. */
    private static final int WIDTH = 4096;

    private static final long LIMIT_SECONDS = 300;

    @TempDir
    private Path folder;

    private final List<FaultyLine> lines = new ArrayList<>();
    private Installed servers;
    private OverseerApi api;

    @BeforeEach
    void start() throws Exception {
        servers = new Installed(folder, NODES);
        servers.runOverseer();
        api = servers.api();
        for (String node : NODES) {
            lines.add(new FaultyLine(servers.nodePort()));
            writeSite(node, lines.get(lines.size() - 1).port());
        }
    }

    @AfterEach
    void stop() throws Exception {
        servers.close();
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
        String job = api.submit(SmallRecords.job(WIDTH, 1)).path("job_id").asText();
        CompletableFuture.allOf(cut, lost).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        for (String node : NODES) {
            servers.kill(node);
        }
        lines.forEach(FaultyLine::mend);
        runNodes();

        assertThat(servers.ended(job).path("status").asText()).isEqualTo("COMPLETED");
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
        Files.writeString(folder.resolve(node + ".token"), api.enrolmentToken(node));
        servers.writeSite(node, SmallRecords.write(folder, node), overseerPort);
    }

    private void runNodes() throws Exception {
        for (String node : NODES) {
            servers.runNode(node);
        }
    }
}
