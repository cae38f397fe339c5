package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers are killed by SIGKILL while a job runs, and started again by the same command: the job ends with the digest of a run
 * that nobody disturbed, and with one charge a node and round. {@code -Denclave.kills=N} sets how often, four times if left out.
 */
class CrashIT {
    private static final List<String> NODES = List.of("node_a", "node_b");
    private static final int KILLS = Integer.getInteger("enclave.kills", 4);
    private static final int ROUNDS = 4 + 2 * KILLS;
    private static final long SEED = Long.getLong("enclave.kills.seed", 1);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(90);

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);

    @Test
    void job_serversKilledAtNamedStepsAndRandomInstants_endsAsIfNobodyHadDisturbedIt() throws Exception {
        String expected;
        try (Installed servers = start("undisturbed")) {
            String job = servers.api().submit(job()).path("job_id").asText();
            expected = servers.ended(job).path("model_digest").asText();
            assertThat(servers.api().job(job).path("status").asText()).isEqualTo("COMPLETED");
        }
        try (Installed servers = start("killed")) {
            Path agent = KillAgent.jar(folder);
            String job = servers.api().submit(job()).path("job_id").asText();
            for (int kill = 0; kill < KILLS; kill++) {
                kill(servers, agent, kill);
            }
            JsonNode ended = servers.ended(job);
            assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("COMPLETED");
            assertThat(ended.path("model_digest").asText()).isEqualTo(expected);
            List<ChargeRow> charges = new ArrayList<>();
            servers.api().ledger().path("rows").forEach(row -> charges.add(ChargeRow.parse(row, "rows")));
            assertThat(charges.stream()
                            .filter(c -> c.state() == ChargeState.COMMITTED)
                            .map(c -> c.request().nodeId() + " "
                                    + c.request().key().round())
                            .distinct())
                    .hasSize(ROUNDS * NODES.size());
            assertThat(charges)
                    .extracting(c -> c.request().nodeId() + " " + c.request().key())
                    .doesNotHaveDuplicates();
            Path export = folder.resolve("ledger.json");
            Files.write(export, Json.write(servers.api().ledger()));
            assertThat(servers.command(List.of("ledger", "verify", export.toString())))
                    .as(servers.printed())
                    .isZero();
        }
    }

    /** Three kinds in turn: the Overseer at a named step, the Overseer at some instant, a node or all servers at some instant. */
    private void kill(Installed servers, Path agent, int kill) throws Exception {
        KillStep[] steps = KillStep.values();
        if (kill % 4 < 2) {
            KillStep step = steps[(kill / 4 * 2 + kill % 4 + 1) % steps.length];
            System.out.println("kill " + (kill + 1) + "/" + KILLS + ": the Overseer, " + step);
            servers.kill("overseer");
            int code = servers.runOverseer(step.option(agent, 1 + random.nextInt(2)));
            assertThat(step == KillStep.STARTING
                            || code == 0
                            || servers.running("overseer").isEmpty())
                    .as(servers.printed())
                    .isTrue();
            await(servers);
        } else {
            List<String> who = kill % 4 == 2
                    ? List.of("overseer")
                    : random.nextBoolean() ? List.of("node_a") : List.of("node_b", "overseer", "node_a");
            System.out.println("kill " + (kill + 1) + "/" + KILLS + ": " + who);
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1500)).toNanos());
            for (String server : who) {
                servers.kill(server);
            }
        }
        if (servers.running("overseer").isEmpty()) {
            servers.runOverseer();
        }
        for (String node : NODES) {
            if (servers.running(node).isEmpty()) {
                servers.runNode(node);
            }
        }
    }

    /** Waits until the Overseer has been killed. */
    private static void await(Installed servers) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (servers.running("overseer").isPresent()) {
            assertThat(System.nanoTime())
                    .as("the step is never reached\n" + servers.printed())
                    .isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private Installed start(String name) throws Exception {
        Path below = Files.createDirectories(folder.resolve(name));
        Installed servers = new Installed(below, NODES);
        servers.runOverseer();
        for (String node : NODES) {
            Files.writeString(below.resolve(node + ".token"), servers.api().enrolmentToken(node));
            servers.writeSite(node, SmallRecords.write(below, node), servers.nodePort());
            servers.runNode(node);
        }
        return servers;
    }

    private static ObjectNode job() {
        ObjectNode job =
                SmallRecords.job(8, ROUNDS).put("seed", 11).put("job_id", "0e5c1a52-7a7e-4a0f-9d53-6a1b6f0c8a11");
        ((ObjectNode) job.path("privacy")).remove("noise_multiplier");
        return job;
    }
}
