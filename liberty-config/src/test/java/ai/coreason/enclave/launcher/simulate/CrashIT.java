package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
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
    /** So much that the budget holds for every attempt. */
    private static final double NOISE = 50;

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

    /**
     * Four kinds in turn: the Overseer at a named step, a node at a named step, the Overseer at some instant, a node or all servers
     * at some instant. Every other time, the others are killed together with the one that has reached its step.
     */
    private void kill(Installed servers, Path agent, int kill) throws Exception {
        int turn = kill / 4;
        switch (kill % 4) {
            case 0 -> {
                List<KillStep> steps = KillStep.of(KillStep.Server.OVERSEER);
                atStep(servers, agent, "overseer", steps.get((turn + 2) % steps.size()), turn % 2 == 1);
            }
            case 1 -> {
                List<KillStep> steps = KillStep.of(KillStep.Server.NODE);
                atStep(servers, agent, NODES.get(turn % 2), steps.get((turn + 1) % steps.size()), turn / 2 % 2 == 1);
            }
            case 2 -> atSomeInstant(servers, List.of("overseer"));
            default ->
                atSomeInstant(
                        servers, random.nextBoolean() ? List.of("node_a") : List.of("node_b", "overseer", "node_a"));
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

    private void atStep(Installed servers, Path agent, String server, KillStep step, boolean all) throws Exception {
        System.out.println("kill: " + server + ", " + step + (all ? ", then all" : ""));
        servers.kill(server);
        String option = step.option(agent, step.beforeReady() ? 1 : 1 + random.nextInt(2));
        int code = server.equals("overseer") ? servers.runOverseer(option) : servers.runNode(server, option);
        assertThat(step.beforeReady() || code == 0 || servers.running(server).isEmpty())
                .as(servers.printed())
                .isTrue();
        await(servers, server);
        if (all) {
            servers.kill("overseer");
            for (String node : NODES) {
                servers.kill(node);
            }
        }
    }

    private void atSomeInstant(Installed servers, List<String> who) throws Exception {
        System.out.println("kill: " + who);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1500)).toNanos());
        for (String server : who) {
            servers.kill(server);
        }
    }

    /** Waits until a server has been killed. */
    private static void await(Installed servers, String server) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (servers.running(server).isPresent()) {
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
        ((ObjectNode) job.path("privacy")).put("noise_multiplier", NOISE); // each attempt that a kill ends is charged
        return job;
    }
}
