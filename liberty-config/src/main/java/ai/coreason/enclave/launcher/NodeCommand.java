package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.Health;
import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.launcher.server.LibertyServer;
import ai.coreason.enclave.launcher.server.LoopbackPorts;
import ai.coreason.enclave.launcher.server.ServerFolder;
import ai.coreason.enclave.launcher.server.ServerKind;
import ai.coreason.enclave.launcher.server.Tls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(run | stop | status)",
        description = "Runs a data owner's node.")
final class NodeCommand {
    private static final String STATE = "the node's folder: configuration, ledger, logs";
    private static final String HOST = "127.0.0.1";

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
            @Option(
                            names = "--set",
                            paramLabel = "NAME=VALUE",
                            description = "a variable of the server configuration; repeatable")
                    Map<String, String> variables,
            @Option(names = "--detach", description = "return when the node is enrolled; it goes on") boolean detach,
            @Option(
                            names = "--ready-timeout",
                            paramLabel = "SECONDS",
                            defaultValue = "240",
                            description = "how long it may take until it is enrolled (default: ${DEFAULT-VALUE})")
                    int readySeconds)
            throws IOException, InterruptedException {
        HardwareProbe machine = HardwareProbe.of(Path.of("/"));
        if (!machine.confidential() && !insecure) {
            throw LaunchFailure.noHardware(machine.refusal());
        }
        Distribution distribution = Distribution.find();
        if (!Files.isReadable(site)) {
            throw LaunchFailure.usage("--site " + site + ": expected a readable file, got none");
        }
        ServerFolder folder = new ServerFolder(state, ServerKind.NODE);
        folder.pidFile().running().ifPresent(p -> {
            throw LaunchFailure.environment("the node of " + folder.root() + " already runs, process " + p.pid());
        });
        LoopbackPorts.requireFree("--http-port", HOST, port);
        Map<String, String> all = new HashMap<>(Map.of(
                "http.port", Integer.toString(port),
                "enclave.site.file", site.toAbsolutePath().normalize().toString(),
                "enclave.insecure", Boolean.toString(insecure)));
        if (!detach) {
            all.put("enclave.parent.pid", Long.toString(ProcessHandle.current().pid()));
        }
        all.putAll(variables == null ? Map.of() : variables);
        folder.write(distribution, all, Map.of());
        URI base = base(port);
        LibertyServer server = LibertyServer.start(
                "the node",
                folder,
                distribution,
                new Health(Tls.plain(), base),
                new LibertyServer.Start(List.of(), Map.of(), detach));
        return ServerControl.attend(server, base, Duration.ofSeconds(readySeconds), detach);
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the node of a folder.")
    int stop(@Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state)
            throws IOException {
        return ServerControl.stop(existing(state));
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Tells whether the node of a folder runs and is enrolled (exit code 0) or not (1).")
    int status(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Option(names = "--json", description = "print JSON") boolean json)
            throws IOException, InterruptedException {
        ServerFolder folder = existing(state);
        int port = Integer.parseInt(folder.variable("http.port").orElse("9080"));
        return ServerControl.status(folder, Tls.plain(), base(port), json);
    }

    private static ServerFolder existing(Path state) {
        ServerFolder folder = new ServerFolder(state, ServerKind.NODE);
        if (!Files.exists(folder.configuration())) {
            throw LaunchFailure.usage("--state " + state + ": expected a node's folder, got another");
        }
        return folder;
    }

    private static URI base(int port) {
        return URI.create("http://" + HOST + ":" + port);
    }
}
