package ai.coreason.enclave.launcher;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.Health;
import ai.coreason.enclave.launcher.server.LaunchFailure;
import ai.coreason.enclave.launcher.server.LibertyServer;
import ai.coreason.enclave.launcher.server.LoopbackPorts;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerFolder;
import ai.coreason.enclave.launcher.server.ServerKind;
import ai.coreason.enclave.launcher.server.Tls;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "overseer",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(run | stop | status)",
        description = "Runs the Federation Overseer.")
final class OverseerCommand {
    private static final String STATE = "the Overseer's folder: configuration, keys, database, logs";

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Starts the Overseer of a folder; makes what the folder lacks: authority, server key, configuration.",
                "Secrets of the configuration, such as db.password, come from the environment (db_password)."
            })
    int run(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Option(
                            names = "--host",
                            paramLabel = "NAME",
                            defaultValue = "127.0.0.1",
                            description = "address to listen on, * for all (default: ${DEFAULT-VALUE})")
                    String host,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            description = "DNS name or address that callers use, for the certificate; repeatable")
                    List<String> names,
            @Option(
                            names = "--https-port",
                            paramLabel = "PORT",
                            defaultValue = "9443",
                            description = "port for users (default: ${DEFAULT-VALUE})")
                    int httpsPort,
            @Option(
                            names = "--node-port",
                            paramLabel = "PORT",
                            defaultValue = "9444",
                            description = "port for nodes (default: ${DEFAULT-VALUE})")
                    int nodePort,
            @Option(
                            names = "--jwt-issuer",
                            paramLabel = "URL",
                            description = "issuer of user tokens, your OpenID provider")
                    String issuer,
            @Option(
                            names = "--jwt-keys",
                            paramLabel = "URL",
                            description = "its keys: a JWKS URL, or file: URL of a PEM")
                    String tokenKeys,
            @Option(
                            names = "--simulation",
                            description = "accept simulated evidence and issue tokens with enclave token")
                    boolean simulation,
            @Option(
                            names = "--set",
                            paramLabel = "NAME=VALUE",
                            description =
                                    "a variable of the server configuration, such as db.kind=postgresql; repeatable")
                    Map<String, String> variables,
            @Option(names = "--detach", description = "return when the Overseer is ready; it goes on") boolean detach,
            @Option(
                            names = "--ready-timeout",
                            paramLabel = "SECONDS",
                            defaultValue = "240",
                            description = "how long it may take until it is ready (default: ${DEFAULT-VALUE})")
                    int readySeconds)
            throws IOException, InterruptedException {
        Distribution distribution = Distribution.find();
        ServerFolder folder = new ServerFolder(state, ServerKind.OVERSEER);
        requireTokens(simulation, issuer, tokenKeys);
        folder.pidFile().running().ifPresent(p -> {
            throw LaunchFailure.environment("the Overseer of " + folder.root() + " already runs, process " + p.pid());
        });
        LoopbackPorts.requireFree("--https-port", host, httpsPort);
        LoopbackPorts.requireFree("--node-port", host, nodePort);
        OverseerFiles files = new OverseerFiles(folder);
        Map<String, String> all = new HashMap<>(Map.of(
                "https.host",
                host,
                "https.port",
                Integer.toString(httpsPort),
                "node.host",
                host,
                "node.port",
                Integer.toString(nodePort),
                "db.kind",
                "derby",
                "jms.kind",
                "liberty",
                "enclave.mode",
                simulation ? "simulation" : "production"));
        if (simulation) {
            all.put("mp.jwt.verify.issuer", TokenIssuer.ISSUER);
            all.put(
                    "mp.jwt.verify.publickey.location",
                    files.tokens().publicKeyFile().toUri().toString());
        } else {
            all.put("mp.jwt.verify.issuer", issuer);
            all.put("mp.jwt.verify.publickey.location", tokenKeys);
        }
        if (!detach) {
            all.put("enclave.parent.pid", Long.toString(ProcessHandle.current().pid()));
        }
        all.putAll(variables == null ? Map.of() : variables);
        folder.write(distribution, all, files.issue(certificateNames(host, names)));
        URI base = base(host, httpsPort);
        LibertyServer server = LibertyServer.start(
                "the Overseer",
                folder,
                distribution,
                new Health(Tls.client(files.authority().trustStore()), base),
                new LibertyServer.Start(List.of(), Map.of(), detach));
        System.out.println("nodes pin the authority " + files.authorityPem());
        return ServerControl.attend(server, base, Duration.ofSeconds(readySeconds), detach);
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the Overseer of a folder.")
    int stop(@Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state)
            throws IOException {
        return ServerControl.stop(existing(state));
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Tells whether the Overseer of a folder runs and is ready (exit code 0) or not (1).")
    int status(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Option(names = "--json", description = "print JSON") boolean json)
            throws IOException, InterruptedException {
        ServerFolder folder = existing(state);
        URI base = base(
                folder.variable("https.host").orElse("127.0.0.1"),
                Integer.parseInt(folder.variable("https.port").orElse("9443")));
        OverseerFiles files = new OverseerFiles(folder);
        return ServerControl.status(folder, Tls.client(files.authority().trustStore()), base, json);
    }

    private static ServerFolder existing(Path state) {
        ServerFolder folder = new ServerFolder(state, ServerKind.OVERSEER);
        if (!Files.exists(folder.configuration())) {
            throw LaunchFailure.usage("--state " + state + ": expected an Overseer's folder, got another");
        }
        return folder;
    }

    private static void requireTokens(boolean simulation, String issuer, String keys) {
        if (simulation && (issuer != null || keys != null)) {
            throw LaunchFailure.usage("--simulation issues its own tokens: leave out --jwt-issuer and --jwt-keys");
        }
        if (!simulation && (issuer == null || keys == null)) {
            throw LaunchFailure.usage("--jwt-issuer and --jwt-keys: expected both (or --simulation), got "
                    + (issuer == null && keys == null ? "none" : "one"));
        }
    }

    /** The loopback is always named: status asks there. */
    private static List<String> certificateNames(String host, List<String> names) {
        Stream<String> given = names == null ? Stream.empty() : names.stream();
        Stream<String> listening = host.equals("*") ? Stream.empty() : Stream.of(host);
        return Stream.of(given, listening, Stream.of("127.0.0.1", "localhost"))
                .flatMap(s -> s)
                .distinct()
                .toList();
    }

    private static URI base(String host, int port) {
        return URI.create("https://" + (host.equals("*") ? "127.0.0.1" : host) + ":" + port);
    }
}
