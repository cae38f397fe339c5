package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.hardware.HardwareProbe;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.Libtorch;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave node run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a node and waits until it ends; SIGTERM stops it.",
            "Exit 3 where the site file has no simulation, this machine shows no confidential hardware and neither"
                    + " --tsm nor --insecure is given."
        })
final class NodeRunCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65535;
    private static final Duration CONNECT = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOption state;

    @Option(names = "--site", required = true, paramLabel = "FILE", description = "the node's site.json")
    private Path site;

    @Option(names = "--insecure", description = "run without confidential hardware; every report will say so")
    private boolean insecure;

    @Option(
            names = "--tsm",
            paramLabel = "FOLDER",
            description = "where the kernel's TSM reports are, for containers and tests;"
                    + " /sys/kernel/config/tsm/report when left out")
    private Optional<Path> tsm = Optional.empty();

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "9080",
            description = "the port for health checks from this machine; default: ${DEFAULT-VALUE}")
    private int httpPort;

    @Option(names = "--detach", description = "return once the node is enrolled, and leave it running")
    private boolean detach;

    private final Path root;

    NodeRunCommand() {
        this(Path.of("/"));
    }

    /** @param root the root of the file system that is searched for hardware */
    NodeRunCommand(Path root) {
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (httpPort < 1 || httpPort > HIGHEST_PORT) {
            throw wrong("--http-port: expected 1 to " + HIGHEST_PORT + ", got " + httpPort);
        }
        if (tsm.isPresent() && !Files.isDirectory(tsm.get())) {
            throw wrong("--tsm: expected a folder, got none at " + tsm.get());
        }
        boolean simulation = simulation();
        HardwareProbe hardware = HardwareProbe.at(root);
        if (!simulation && !insecure && tsm.isEmpty() && hardware.found().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("enclave: " + hardware.sentence()
                            + "; start with --insecure to run without, which every report will say");
            return ExitCode.NO_HARDWARE;
        }
        Service.refuseSecond(state.startable());
        Optional<String> taken = FreePorts.objection("127.0.0.1", httpPort);
        if (taken.isPresent()) {
            throw new IOException("--http-port: " + taken.get()); // it may be free again soon
        }
        Distribution distribution = Distribution.locate();
        Map<String, String> variables = new HashMap<>();
        variables.put("http.port", String.valueOf(httpPort));
        variables.put("enclave.site.file", absolute(site));
        variables.put("enclave.insecure", String.valueOf(insecure));
        tsm.ifPresent(folder -> variables.put("enclave.tsm.root", absolute(folder)));
        HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
        URI readiness = URI.create("http://127.0.0.1:" + httpPort + "/health/ready");
        return new Service("node", state.folder(), readiness, client)
                .run(
                        distribution,
                        variables,
                        Map.of(),
                        Libtorch.environment(distribution, state.folder().resolve("djl")),
                        detach,
                        spec.commandLine().getOut(),
                        () -> {});
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    /** The node checks its site file in full; here only whether it is one, and of a simulation. */
    private boolean simulation() throws IOException {
        if (!Files.isRegularFile(site)) {
            throw wrong("--site: expected a site file, got nothing at " + site);
        }
        try {
            JsonNode json = Json.read(Files.readAllBytes(site));
            if (!json.isObject() || !json.has("node_id")) {
                throw wrong("--site: expected a site file with node_id, got another document at " + site);
            }
            return json.has("simulation");
        } catch (InvalidDocument e) {
            throw wrong("--site: " + site + ": " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
