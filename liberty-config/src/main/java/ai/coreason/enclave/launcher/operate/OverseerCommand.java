package ai.coreason.enclave.launcher.operate;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave overseer run|stop|status}. */
@Command(
        name = "overseer",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(run | stop | status)",
        description = "Runs the Federation Overseer.")
public final class OverseerCommand {
    private static final String STATE = "the Overseer's folder: configuration, keys, database, logs";
    private static final String LOOPBACK = "127.0.0.1";
    private static final String EVERYWHERE = "*";

    @Spec
    private CommandSpec spec;

    /** Where user tokens come from. */
    static final class TokenOptions {
        @Option(names = "--jwt-issuer", paramLabel = "URL", description = "issuer of user tokens: your OpenID provider")
        private String issuer;

        @Option(names = "--jwt-keys", paramLabel = "URL", description = "its keys: a JWKS URL or a file: URL of a PEM")
        private String keys;

        @Option(names = "--simulation", description = "accept simulated evidence; tokens come from enclave token")
        private boolean simulation;
    }

    /** Where it listens. */
    static final class ListenOptions {
        @Option(
                names = "--host",
                paramLabel = "ADDRESS",
                defaultValue = LOOPBACK,
                description = "address to listen on, * for all (default: ${DEFAULT-VALUE})")
        private String host;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "DNS name or address that callers use, for the certificate; repeatable")
        private final List<String> names = new ArrayList<>();

        @Option(
                names = "--https-port",
                paramLabel = "PORT",
                defaultValue = "9443",
                description = "port for users (default: ${DEFAULT-VALUE})")
        private int httpsPort;

        @Option(
                names = "--node-port",
                paramLabel = "PORT",
                defaultValue = "9444",
                description = "port for nodes (default: ${DEFAULT-VALUE})")
        private int nodePort;

        private InetSocketAddress at(int port) {
            return host.equals(EVERYWHERE) ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        }

        /** The loopback is always among them, because status asks there. */
        private List<String> certificateNames() {
            Set<String> all = new LinkedHashSet<>(names);
            if (!host.equals(EVERYWHERE)) {
                all.add(host);
            }
            all.add(LOOPBACK);
            all.add("localhost");
            return List.copyOf(all);
        }
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Starts the Overseer of a folder, and makes what the folder lacks: authority, keys, configuration.",
                "A secret of the configuration such as db.password is read from the environment (db_password)."
            })
    int run(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Mixin ListenOptions listen,
            @Mixin TokenOptions tokens,
            @Mixin RunOptions options)
            throws IOException, InterruptedException {
        requireTokens(tokens);
        Distribution distribution = Distribution.locate();
        ServerLayout layout = new ServerLayout("overseer", state);
        OverseerKeys keys = new OverseerKeys(layout);
        Operation.requireStartable(
                layout,
                Map.of(
                        "--https-port", listen.at(listen.httpsPort),
                        "--node-port", listen.at(listen.nodePort)));
        Operation operation = operation(layout, base(listen.host, listen.httpsPort));
        if (options.detach()) {
            List<String> arguments =
                    spec.commandLine().getParent().getParseResult().originalArgs();
            return operation.detach(RunOptions.attached(arguments), options.limit());
        }
        Map<String, String> variables = new HashMap<>(Map.of(
                "https.host",
                listen.host,
                "https.port",
                String.valueOf(listen.httpsPort),
                "node.host",
                listen.host,
                "node.port",
                String.valueOf(listen.nodePort),
                "db.kind",
                "derby",
                "jms.kind",
                "liberty",
                "enclave.mode",
                tokens.simulation ? "simulation" : "production",
                "enclave.parent.pid",
                String.valueOf(ProcessHandle.current().pid()),
                "mp.jwt.verify.issuer",
                tokens.simulation ? TokenIssuer.ISSUER : tokens.issuer,
                "mp.jwt.verify.publickey.location",
                tokens.simulation ? keys.tokenKeyLocation() : tokens.keys));
        variables.putAll(options.variables());
        layout.write(distribution, "overseer", variables, keys.issue(listen.certificateNames()));
        return operation.run(distribution, Map.of(), options.limit());
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the Overseer of a folder.")
    int stop(@Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state)
            throws IOException, InterruptedException {
        return existing(state).stop();
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Tells whether the Overseer of a folder runs and is ready (exit code 0) or not (1).")
    int status(
            @Option(names = "--state", required = true, paramLabel = "DIR", description = STATE) Path state,
            @Option(names = "--json", description = "print JSON") boolean json)
            throws IOException, InterruptedException {
        return existing(state).status(json);
    }

    private Operation existing(Path state) throws IOException {
        ServerLayout layout = new ServerLayout("overseer", state);
        String port = Operation.variable(layout, "https.port")
                .orElseThrow(
                        () -> new IOException("--state " + state + ": expected an Overseer's folder, got another"));
        String host = Operation.variable(layout, "https.host").orElse(LOOPBACK);
        return operation(layout, base(host, Integer.parseInt(port)));
    }

    private Operation operation(ServerLayout layout, URI base) {
        return new Operation(
                layout,
                base,
                client(new OverseerKeys(layout)),
                spec.commandLine().getOut());
    }

    private void requireTokens(TokenOptions tokens) {
        boolean both = tokens.issuer != null && tokens.keys != null;
        boolean none = tokens.issuer == null && tokens.keys == null;
        if (tokens.simulation ? !none : !both) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected --jwt-issuer and --jwt-keys, or --simulation alone, got another choice");
        }
    }

    private static HttpClient client(OverseerKeys keys) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(keys.authority().trustStore());
            SSLContext tls = SSLContext.getInstance("TLSv1.3");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(tls).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URI base(String host, int port) {
        return URI.create("https://" + (host.equals(EVERYWHERE) ? LOOPBACK : host) + ":" + port);
    }
}
