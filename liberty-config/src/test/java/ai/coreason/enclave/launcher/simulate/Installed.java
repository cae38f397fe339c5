package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.server.TestDatabase;
import ai.coreason.enclave.launcher.simulate.OverseerApi.Role;
import ai.coreason.enclave.overseer.token.TokenIssuer;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An Overseer and nodes below one folder, run by the commands that a user types, on a machine that writes numbers as Egypt does. Not
 * thread-safe.
 */
final class Installed implements AutoCloseable {
    private static final String JVM = "JAVA_TOOL_OPTIONS";
    /** Of a machine in Egypt; and half of a server's start is the second compiler's, for minutes that it does not live to win back. */
    private static final String OPTIONS =
            "-Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab -XX:TieredStopAtLevel=1";

    private static final long LIMIT_SECONDS = 300;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path folder;
    private final List<String> nodes;
    private final List<Integer> ports;
    private Optional<List<String>> database = Optional.empty();

    Installed(Path folder, List<String> nodes) throws IOException {
        this.folder = folder;
        this.nodes = List.copyOf(nodes);
        this.ports = FreePorts.find(2 + nodes.size());
    }

    Path folder() {
        return folder;
    }

    Path overseer() {
        return folder.resolve("overseer");
    }

    int nodePort() {
        return ports.get(1);
    }

    /** Starts the Overseer in simulation and waits until it is ready. */
    void runOverseer() throws Exception {
        List<String> run = overseerRun();
        succeed("overseer", run.subList(1, run.size()).toArray(String[]::new));
    }

    /**
     * Starts the Overseer with an option of its JVM.
     *
     * @return the command's exit code
     */
    int runOverseer(String option) throws IOException {
        List<String> command = new ArrayList<>(overseerRun());
        command.addAll(List.of("--state", overseer().toString()));
        return run(Map.of(JVM, OPTIONS + " " + option), command);
    }

    private List<String> overseerRun() {
        if (database.isEmpty()) {
            database = Optional.of(TestDatabase.options(folder));
        }
        List<String> command = new ArrayList<>(List.of("overseer", "run", "--simulation", "--detach"));
        command.addAll(List.of("--https-port", "" + ports.get(0), "--node-port", "" + ports.get(1)));
        command.addAll(database.get());
        return command;
    }

    /** Starts a node with the site file {@code <node>.json} and waits until it is enrolled. */
    void runNode(String node) throws Exception {
        assertThat(runNode(node, "")).as(printed()).isZero();
    }

    /**
     * Starts a node with an option of its JVM.
     *
     * @return the command's exit code
     */
    int runNode(String node, String option) throws IOException {
        return run(
                Map.of(JVM, (OPTIONS + " " + option).strip()),
                List.of(
                        "node",
                        "run",
                        "--detach",
                        "--site",
                        folder.resolve(node + ".json").toString(),
                        "--http-port",
                        "" + ports.get(2 + nodes.indexOf(node)),
                        "--state",
                        folder.resolve(node).toString()));
    }

    /** Calls with tokens that the Overseer's folder issues. */
    OverseerApi api() throws IOException {
        Path state = new ServerLayout("overseer", overseer()).state();
        TokenIssuer issuer = TokenIssuer.load(state.resolve("tokens"));
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, issuer.issue(subject(role), role.name().toLowerCase(Locale.ROOT), Duration.ofHours(1)));
        }
        return new OverseerApi(
                URI.create("https://127.0.0.1:" + ports.get(0)),
                OverseerFiles.of(overseer()).client(),
                tokens);
    }

    /** Whom {@code simulate} names, so that its jobs are this one's too. */
    private static String subject(Role role) {
        return "simulation-" + role.name().toLowerCase(Locale.ROOT);
    }

    /** Writes {@code <node>.json} for a node whose data package is there. */
    void writeSite(String node, Path dataPackage, int overseerPort) throws IOException {
        ObjectNode site = Json.object()
                .put("node_id", node)
                .put("overseer", "https://127.0.0.1:" + overseerPort)
                .put("ca_file", overseer().resolve("ca.pem").toString())
                .put("token_file", folder.resolve(node + ".token").toString())
                .put("data_package", dataPackage.toString());
        site.putArray("resources").add(node);
        site.put("approve", "any");
        site.putObject("simulation")
                .put("evidence_key", overseer().resolve("evidence.key").toString());
        Files.write(folder.resolve(node + ".json"), Json.write(site));
    }

    /** The job once it has ended. */
    JsonNode ended(String job) throws Exception {
        OverseerApi api = api();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (System.nanoTime() < limit) {
            JsonNode now = api.job(job);
            if (!List.of("ADMITTED", "RUNNING").contains(now.path("status").asText())) {
                return now;
            }
            assertThat(running("overseer")).as("the Overseer\n" + printed()).isPresent();
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError("the job has not ended: " + api.job(job) + "\n" + printed());
    }

    /** A server's process while it runs. */
    Optional<ProcessHandle> running(String server) throws IOException {
        Path file = folder.resolve(server).resolve("server.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        long pid = Json.read(Files.readAllBytes(file)).path("pid").asLong();
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    }

    /** Sends SIGKILL to a server if it runs. */
    void kill(String server) throws Exception {
        Optional<ProcessHandle> process = running(server);
        if (process.isPresent()) {
            process.get().destroyForcibly();
            process.get().onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    void succeed(String server, String... arguments) throws Exception {
        assertThat(enclave(server, arguments)).as(printed()).isZero();
    }

    /** Runs a command of {@code enclave overseer} or {@code enclave node} with a server's folder; what it prints goes to the log. */
    int enclave(String server, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(server.startsWith("node") ? "node" : server);
        command.addAll(List.of(arguments));
        command.addAll(List.of("--state", folder.resolve(server).toString()));
        return command(command);
    }

    /** Runs any command of {@code enclave}. */
    int command(List<String> arguments) throws IOException {
        return run(Map.of(JVM, OPTIONS), arguments);
    }

    private int run(Map<String, String> environment, List<String> arguments) throws IOException {
        Path home = Path.of(System.getProperty("enclave.home"));
        List<String> command = new ArrayList<>();
        command.add(home.resolve("liberty-config/bin/enclave").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().putAll(environment);
        return builder.start().onExit().join().exitValue();
    }

    /** What the commands have printed. */
    String printed() throws IOException {
        return Files.exists(folder.resolve("log")) ? Files.readString(folder.resolve("log")) : "";
    }

    /** Stops every server that runs. */
    @Override
    public void close() throws IOException {
        for (String node : nodes) {
            if (running(node).isPresent()) {
                enclave(node, "stop");
            }
        }
        if (running("overseer").isPresent()) {
            enclave("overseer", "stop");
        }
    }
}
