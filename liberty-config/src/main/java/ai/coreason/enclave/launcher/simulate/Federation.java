package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.Libtorch;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.server.ServerProcess;
import ai.coreason.enclave.launcher.simulate.OverseerApi.Role;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A simulated federation on this machine: its authority, its evidence key, its Overseer and its nodes, all below one run
 * folder. Not thread-safe.
 */
final class Federation implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(180);
    private static final Duration VALIDITY = Duration.ofHours(24);
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    /** A server's start on a machine of the least kind, about. */
    private static final int SECONDS_A_START = 20;

    private static final int MIN_HEAP_MB = 384;
    private static final int HEAP_PER_DATA = 12;

    private final Distribution distribution;
    private final Path run;
    private final int nodePort;
    private final ServerLayout overseer;
    private final OverseerFiles files;
    private final OverseerApi api;
    private final List<ServerProcess> processes = new ArrayList<>();

    /**
     * Prepares a federation; starts nothing.
     *
     * @param holdOut what the Overseer measures models on
     */
    Federation(Distribution distribution, Path run, Optional<PublicRecords> holdOut) throws IOException {
        this.distribution = distribution;
        this.run = run;
        List<Integer> ports = FreePorts.find(2);
        int userPort = ports.get(0);
        this.nodePort = ports.get(1);
        this.overseer = new ServerLayout("overseer", run.resolve("overseer"));
        this.files = OverseerFiles.of(overseer.folder());
        files.make(OverseerFiles.SIMULATION);
        Map<String, String> variables = files.variables(OverseerFiles.SIMULATION, userPort, nodePort);
        variables.put("enclave.parent.pid", parent());
        if (holdOut.isPresent()) {
            Path records = overseer.folder().resolve("public");
            holdOut.get().write(records);
            variables.put("enclave.public.dir", records.toString());
        }
        overseer.write(distribution, "overseer", variables, files.secrets(List.of("localhost", "127.0.0.1")));
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            String name = role.name().toLowerCase(Locale.ROOT);
            tokens.put(role, files.tokens().issue("simulation-" + name, name, VALIDITY));
        }
        this.api = new OverseerApi(URI.create("https://127.0.0.1:" + userPort), files.client(), tokens);
    }

    /** The Overseer's API. */
    OverseerApi api() {
        return api;
    }

    /** What is about to start, and about how long that takes, in a sentence. */
    static String plan(int nodes) {
        int together = together();
        int waves = (nodes + together - 1) / together;
        return "starting the Overseer, then " + nodes + (nodes == 1 ? " node" : " nodes, " + together + " at a time")
                + ": about " + SECONDS_A_START * (1 + waves) + " s";
    }

    private static int together() {
        return Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Starts the Overseer and waits until it is ready.
     *
     * @param told what is waited for, every ten seconds
     */
    void startOverseer(Consumer<String> told) throws IOException, InterruptedException {
        ServerProcess started = ServerProcess.start(
                distribution, overseer, QUICK_START, Libtorch.environment(distribution, run.resolve("djl")));
        processes.add(started);
        started.awaitReady(api.client(), api.readiness(), READY, told);
    }

    /**
     * Starts the nodes, as many at a time as this machine has processors, and waits until each is enrolled.
     *
     * @param ready told each node's id once it is enrolled
     * @param told what is waited for, every ten seconds
     */
    void startNodes(Inputs inputs, Consumer<String> ready, Consumer<String> told)
            throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.find(inputs.dataBytes().size());
        int together = together();
        List<Starting> starting = new ArrayList<>();
        int next = 0;
        for (Map.Entry<String, Long> node : inputs.dataBytes().entrySet()) {
            starting.add(startNode(inputs.descriptor(), node.getKey(), node.getValue(), ports.get(next++)));
            if (starting.size() == together) {
                await(starting.remove(0), ready, told);
            }
        }
        for (Starting s : starting) {
            await(s, ready, told);
        }
    }

    /** The names of the servers that have ended by themselves. */
    List<String> ended() {
        return processes.stream()
                .filter(p -> !p.alive())
                .map(ServerProcess::name)
                .toList();
    }

    /** The last lines of a server's log. */
    String tail(String name) {
        return processes.stream()
                .filter(p -> p.name().equals(name))
                .map(ServerProcess::tail)
                .findFirst()
                .orElse("");
    }

    /** Stops every server, the nodes first. */
    @Override
    public void close() {
        for (int i = processes.size() - 1; i > 0; i--) {
            processes.get(i).signal();
        }
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).close();
        }
    }

    private record Starting(ServerProcess process, URI readiness) {}

    private void await(Starting s, Consumer<String> ready, Consumer<String> told)
            throws IOException, InterruptedException {
        s.process().awaitReady(api.client(), s.readiness(), READY, told);
        ready.accept(s.process().name());
    }

    private Starting startNode(Path descriptor, String nodeId, long dataBytes, int port)
            throws IOException, InterruptedException {
        ServerLayout layout = new ServerLayout(nodeId, run.resolve(nodeId));
        Path token = layout.folder().resolve("enrolment.token");
        Path siteFile = layout.folder().resolve("site.json");
        write(token, api.enrolmentToken(nodeId));
        ObjectNode site = Json.object()
                .put("node_id", nodeId)
                .put("overseer", "https://127.0.0.1:" + nodePort)
                .put("ca_file", files.caFile().toString())
                .put("token_file", token.toString())
                .put("data_package", descriptor.toString());
        site.putArray("resources").add(nodeId);
        site.put("approve", "any");
        site.putObject("simulation").put("evidence_key", files.evidenceKey().toString());
        write(siteFile, Json.pretty(site));
        layout.write(
                distribution,
                "node",
                Map.of(
                        "http.port", String.valueOf(port),
                        "enclave.site.file", siteFile.toString(),
                        "enclave.insecure", "true",
                        "enclave.parent.pid", parent()),
                Map.of());
        List<String> flags = new ArrayList<>(QUICK_START);
        flags.add("-Xmx" + heapMegabytes(dataBytes) + "m");
        ServerProcess started = ServerProcess.start(
                distribution, layout, flags, Libtorch.environment(distribution, run.resolve("djl")));
        processes.add(started);
        return new Starting(started, URI.create("http://127.0.0.1:" + port + "/health/ready"));
    }

    /** A node's heap: the data as read, as examples and as one batch of them, on top of the server's own need. */
    static long heapMegabytes(long dataBytes) {
        return MIN_HEAP_MB + HEAP_PER_DATA * (dataBytes >> 20);
    }

    private static void write(Path file, String text) throws IOException {
        PrivateFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String parent() {
        return String.valueOf(ProcessHandle.current().pid());
    }
}
