package ai.coreason.enclave.launcher.operate;

import ai.coreason.enclave.launcher.ExitCode;
import ai.coreason.enclave.launcher.hardware.HardwareProbe;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.ServerLayout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave node run|stop|status}. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(run | stop | status)",
        description = "Runs a data owner's node.")
public final class NodeCommand {
    private static final String STATE = "the node's folder: configuration, ledger, logs";
    private static final String LOOPBACK = "127.0.0.1";

    @Spec
    private CommandSpec spec;

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Starts the node of a folder.",
                "Without SEV-SNP, TDX or SGX and without --insecure it does not launch (exit code 3)."
            })
    int run(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Option(names = "--site", required = true, paramLabel = "FILE", description = "the owner's site.json")
                    Path site,
            @Option(
                            names = "--insecure",
                            description = "launch without confidential hardware; every report of the node says so")
                    boolean insecure,
            @Option(
                            names = "--http-port",
                            paramLabel = "PORT",
                            defaultValue = "9080",
                            description = "loopback port for health (default: ${DEFAULT-VALUE})")
                    int port,
            @Mixin RunOptions options)
            throws IOException, InterruptedException {
        HardwareProbe machine = HardwareProbe.at(Path.of("/"));
        if (machine.found().isEmpty() && !insecure) {
            spec.commandLine()
                    .getErr()
                    .println("enclave: the node does not launch: " + machine.sentence()
                            + ". Nothing here could prove what code sees the data. For a trial without that proof add"
                            + " --insecure; every report of the node then says so.");
            return ExitCode.NO_HARDWARE;
        }
        if (!Files.isReadable(site)) {
            throw new ParameterException(spec.commandLine(), "--site: expected a readable file, got " + site);
        }
        Distribution distribution = Distribution.locate();
        ServerLayout layout = new ServerLayout("node", state);
        Operation.requireStartable(layout, Map.of("--http-port", new InetSocketAddress(LOOPBACK, port)));
        Operation operation = operation(layout, port);
        if (options.detach()) {
            List<String> arguments =
                    spec.commandLine().getParent().getParseResult().originalArgs();
            return operation.detach(RunOptions.attached(arguments), options.limit());
        }
        Map<String, String> variables = new HashMap<>(Map.of(
                "http.port", String.valueOf(port),
                "enclave.site.file", site.toAbsolutePath().normalize().toString(),
                "enclave.insecure", String.valueOf(insecure),
                "enclave.parent.pid", String.valueOf(ProcessHandle.current().pid()),
                "offline", "true"));
        variables.putAll(options.variables());
        layout.write(distribution, "node", variables, Map.of());
        Map<String, String> libtorch = Map.of(
                "PYTORCH_LIBRARY_PATH", distribution.dist().resolve("libtorch").toString(),
                "PYTORCH_FLAVOR", "cpu",
                "DJL_CACHE_DIR", layout.out().resolve("djl").toString());
        return operation.run(distribution, libtorch, options.limit());
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the node of a folder.")
    int stop(@Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state)
            throws IOException, InterruptedException {
        return existing(state).stop();
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Tells whether the node of a folder runs and is enrolled (exit code 0) or not (1).")
    int status(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Option(names = "--json", description = "print JSON") boolean json)
            throws IOException, InterruptedException {
        return existing(state).status(json);
    }

    private Operation existing(Path state) throws IOException {
        ServerLayout layout = new ServerLayout("node", state);
        String port = Operation.variable(layout, "http.port")
                .orElseThrow(() -> new IOException("--state " + state + ": expected a node's folder, got another"));
        return operation(layout, Integer.parseInt(port));
    }

    private Operation operation(ServerLayout layout, int port) {
        return new Operation(
                layout,
                URI.create("http://" + LOOPBACK + ":" + port),
                HttpClient.newHttpClient(),
                spec.commandLine().getOut());
    }
}
