package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.Libtorch;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.sentry.data.DataPackage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave overseer run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Starts an Overseer and waits until it ends; SIGTERM stops it. Keys that its folder lacks are made.",
            "Nodes and users pin DIR/ca.pem.",
            "With --simulation, user tokens come from `enclave token`; without, from the OpenID provider that --issuer,"
                    + " --keys and --audience name (docs/TOKENS.md)."
        })
final class OverseerRunCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65535;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOption state;

    @Option(names = "--simulation", description = "accept simulated evidence and tokens of `enclave token`")
    private boolean simulation;

    @Option(
            names = "--https-port",
            paramLabel = "PORT",
            defaultValue = "9443",
            description = "the port for users; default: ${DEFAULT-VALUE}")
    private int httpsPort;

    @Option(
            names = "--node-port",
            paramLabel = "PORT",
            defaultValue = "9444",
            description = "the port for nodes; default: ${DEFAULT-VALUE}")
    private int nodePort;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "the address that both ports listen on; default: ${DEFAULT-VALUE}")
    private String listen;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "a further host name or address by which nodes and users reach it; may be given several times")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--public",
            paramLabel = "DIR",
            description = "public records that each round's model is measured on: a folder with datapackage.json, whose"
                    + " resources have the dataset_id of the jobs that they are for (docs/DATA.md)")
    private Path publicRecords;

    @Mixin
    private DatabaseOptions database;

    @Mixin
    private IssuerOptions issuer;

    @Mixin
    private TrustOptions trust;

    @Mixin
    private SecretOptions secret;

    @Option(names = "--detach", description = "return once the Overseer is ready, and leave it running")
    private boolean detach;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        checkPublic();
        OverseerFiles files = OverseerFiles.of(state.startable());
        String mode = simulation ? OverseerFiles.SIMULATION : OverseerFiles.PRODUCTION;
        String made = files.mode().orElse(mode);
        if (!made.equals(mode)) {
            throw state.wrong("expected a folder made for " + mode + ", got one made for " + made);
        }
        String tables = files.database().orElse(database.kind());
        if (!tables.equals(database.kind())) {
            throw state.wrong(
                    tables.equals(OverseerFiles.DERBY)
                            ? "its tables are in the folder itself (Derby), and with --database jobs and ledgers would be missing:"
                                    + " start without --database, or in another folder"
                            : "its tables are in PostgreSQL, and without --database jobs and ledgers would be missing: start with"
                                    + " --database, as before");
        }
        Service.refuseSecond(state.folder());
        checkPorts();
        Distribution distribution = Distribution.locate();
        files.make(mode);
        String any = listen.equals("0.0.0.0") ? "127.0.0.1" : listen;
        Set<String> reached = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", any));
        reached.addAll(names);
        URI readiness = URI.create("https://" + any + ":" + httpsPort + "/health/ready");
        return new Service("overseer", state.folder(), readiness, files.client())
                .run(
                        distribution,
                        variables(files, mode),
                        secrets(files, List.copyOf(reached)),
                        Libtorch.environment(distribution, state.folder().resolve("djl")),
                        detach,
                        spec.commandLine().getOut(),
                        () -> files.keepDatabase(tables));
    }

    private Map<String, String> secrets(OverseerFiles files, List<String> reached) throws IOException {
        Map<String, String> secrets = new HashMap<>(files.secrets(reached));
        secrets.putAll(database.secrets());
        return secrets;
    }

    private Map<String, String> variables(OverseerFiles files, String mode) throws IOException {
        Map<String, String> variables = files.variables(mode, httpsPort, nodePort);
        variables.put("https.host", listen);
        variables.put("node.host", listen);
        if (publicRecords != null) {
            variables.put("enclave.public.dir", publicRecords.toAbsolutePath().toString());
        }
        variables.putAll(database.variables());
        variables.putAll(trust.variables());
        variables.putAll(secret.variables(simulation));
        variables.putAll(issuer.variables(simulation));
        return variables;
    }

    /** @throws ParameterException naming the first option that does not fit */
    void check() {
        port("--https-port", httpsPort);
        port("--node-port", nodePort);
        if (httpsPort == nodePort) {
            throw wrong("--node-port: expected another port than --https-port, got " + nodePort + " for both");
        }
        try {
            InetAddress.getByName(listen);
        } catch (UnknownHostException e) {
            throw wrong("--listen: expected an address of this machine, got " + listen);
        }
        database.variables();
        database.secrets();
        issuer.variables(simulation);
        trust.variables();
        secret.variables(simulation);
    }

    /** @throws ParameterException if there is no data package to read */
    private void checkPublic() throws IOException {
        if (publicRecords == null) {
            return;
        }
        if (!Files.isRegularFile(publicRecords.resolve("datapackage.json"))) {
            throw wrong("--public: expected a folder with datapackage.json, got " + publicRecords);
        }
        try {
            DataPackage.read(publicRecords.resolve("datapackage.json"));
        } catch (InvalidDocument e) {
            throw wrong("--public: " + publicRecords.resolve("datapackage.json") + ": " + e.getMessage());
        }
    }

    /** @throws IOException naming the address where nothing can listen, or every port that another process has */
    private void checkPorts() throws IOException {
        List<String> taken = new ArrayList<>();
        Optional<String> elsewhere = FreePorts.objection(listen);
        if (elsewhere.isPresent()) {
            throw new IOException("--listen: " + elsewhere.get());
        }
        FreePorts.objection(listen, httpsPort).ifPresent(o -> taken.add("--https-port: " + o));
        FreePorts.objection(listen, nodePort).ifPresent(o -> taken.add("--node-port: " + o));
        if (!taken.isEmpty()) {
            throw new IOException(
                    String.join("; ", taken)); // nothing is wrong with the command line: it may be free again soon
        }
    }

    private void port(String option, int port) {
        if (port < 1 || port > HIGHEST_PORT) {
            throw wrong(option + ": expected 1 to " + HIGHEST_PORT + ", got " + port);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
