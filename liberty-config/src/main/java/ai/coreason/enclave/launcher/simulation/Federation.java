package ai.coreason.enclave.launcher.simulation;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.Health;
import ai.coreason.enclave.launcher.server.LibertyServer;
import ai.coreason.enclave.launcher.server.LoopbackPorts;
import ai.coreason.enclave.launcher.server.OverseerFiles;
import ai.coreason.enclave.launcher.server.ServerFolder;
import ai.coreason.enclave.launcher.server.ServerKind;
import ai.coreason.enclave.launcher.server.Tls;
import ai.coreason.enclave.overseer.identity.Pem;
import ai.coreason.enclave.overseer.identity.PrivateFile;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The servers of a simulated federation on this machine's loopback: one Overseer and one server for each node, with keys,
 * tokens and the evidence key of this run only. They end with {@link #close}, and by themselves when this process ends.
 */
final class Federation implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final Path run;
    private final Distribution distribution;
    private final List<String> jvmOptions;
    private final List<LibertyServer> servers = new ArrayList<>();
    private final List<Integer> ports;
    private OverseerFiles keys;
    private OverseerApi api;

    /**
     * @param run the folder of the run
     * @param jvmOptions for every server
     * @param nodes how many there will be
     */
    Federation(Path run, Distribution distribution, List<String> jvmOptions, int nodes) throws IOException {
        this.run = run;
        this.distribution = distribution;
        this.jvmOptions = jvmOptions;
        this.ports = LoopbackPorts.free(nodes + 2);
    }

    /** Starts the Overseer and waits until it is ready. */
    void startOverseer(Duration limit) throws IOException, InterruptedException {
        ServerFolder folder = new ServerFolder(run.resolve("overseer"), ServerKind.OVERSEER);
        keys = new OverseerFiles(folder);
        TokenIssuer tokens = keys.tokens();
        makeEvidenceKey();
        folder.write(
                distribution,
                Map.of(
                        "https.port",
                        ports.get(0).toString(),
                        "node.port",
                        ports.get(1).toString(),
                        "db.kind",
                        "derby",
                        "jms.kind",
                        "liberty",
                        "enclave.mode",
                        "simulation",
                        "enclave.parent.pid",
                        Long.toString(ProcessHandle.current().pid()),
                        "mp.jwt.verify.issuer",
                        TokenIssuer.ISSUER,
                        "mp.jwt.verify.publickey.location",
                        tokens.publicKeyFile().toUri().toString()),
                keys.issue(List.of(HOST, "localhost")));
        HttpClient client = Tls.client(keys.authority().trustStore());
        URI base = overseer();
        api = new OverseerApi(client, base, tokens);
        LibertyServer server = launch("the Overseer", folder, new Health(client, base), Map.of());
        server.awaitReady(limit);
    }

    /** Starts one server for each node and waits until all are enrolled. */
    void startNodes(List<String> nodes, DataFolder data, Duration limit) throws IOException, InterruptedException {
        HttpClient client = Tls.plain();
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / nodes.size());
        Map<String, String> environment = Map.of("OMP_NUM_THREADS", Integer.toString(cores));
        List<LibertyServer> started = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            ServerFolder folder = configureNode(nodes.get(i), ports.get(i + 2), data);
            URI base = URI.create("http://" + HOST + ":" + ports.get(i + 2));
            started.add(launch(nodes.get(i), folder, new Health(client, base), environment));
        }
        for (LibertyServer server : started) {
            server.awaitReady(limit);
        }
    }

    /** The Overseer's API. */
    OverseerApi api() {
        return api;
    }

    /** Where users reach the Overseer. */
    URI overseer() {
        return URI.create("https://" + HOST + ":" + ports.get(0));
    }

    /** The authority's certificate, for other callers. */
    Path authorityPem() {
        return keys.authorityPem();
    }

    /** @throws ai.coreason.enclave.launcher.server.LaunchFailure if the Overseer has ended */
    void requireOverseer() {
        servers.get(0).requireAlive();
    }

    /** The nodes whose server has ended. */
    synchronized List<String> endedNodes() {
        return servers.stream()
                .skip(1)
                .filter(s -> !s.alive())
                .map(LibertyServer::name)
                .toList();
    }

    /** Stops every server; the nodes first, because they call the Overseer. */
    @Override
    public synchronized void close() {
        for (int i = servers.size() - 1; i >= 0; i--) {
            servers.get(i).requestStop();
        }
        for (int i = servers.size() - 1; i >= 0; i--) {
            servers.get(i).stop(GRACE);
        }
    }

    private synchronized LibertyServer launch(
            String name, ServerFolder folder, Health health, Map<String, String> environment) throws IOException {
        LibertyServer server = LibertyServer.start(
                name, folder, distribution, health, new LibertyServer.Start(jvmOptions, environment, false));
        servers.add(server);
        return server;
    }

    private ServerFolder configureNode(String node, int port, DataFolder data)
            throws IOException, InterruptedException {
        ServerFolder folder = new ServerFolder(run.resolve("nodes").resolve(node), ServerKind.NODE);
        Path tokenFile = folder.root().resolve("enrolment.token");
        Path siteFile = folder.root().resolve("site.json");
        String token = api.post(
                        "enrolment-tokens", OverseerApi.OPERATOR, Json.object().put("node_id", node))
                .path("token")
                .asText();
        PrivateFile.write(tokenFile, token.getBytes(StandardCharsets.UTF_8));
        ObjectNode site = Json.object()
                .put("node_id", node)
                .put("overseer", "https://" + HOST + ":" + ports.get(1))
                .put("ca_file", keys.authorityPem().toString())
                .put("token_file", tokenFile.toString())
                .put("data_package", data.descriptor().toString());
        site.putArray("resources").add(node);
        site.put("approve", "any");
        site.putObject("simulation").put("evidence_key", evidenceKey().toString());
        PrivateFile.write(siteFile, Json.pretty(site).getBytes(StandardCharsets.UTF_8));
        folder.write(
                distribution,
                Map.of(
                        "http.port", Integer.toString(port),
                        "enclave.site.file", siteFile.toString(),
                        "enclave.insecure", "false",
                        "enclave.parent.pid",
                                Long.toString(ProcessHandle.current().pid())),
                Map.of());
        return folder;
    }

    private Path evidenceKey() {
        return run.toAbsolutePath().resolve("evidence.key");
    }

    /** The key that stands for hardware in this run: the nodes sign with it, the Overseer trusts its public half. */
    private void makeEvidenceKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            write(evidenceKey(), "PRIVATE KEY", pair.getPrivate().getEncoded());
            write(
                    keys.simulation().resolve("evidence.pub"),
                    "PUBLIC KEY",
                    pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String label, byte[] key) throws IOException {
        PrivateFile.write(file, Pem.write(label, key).getBytes(StandardCharsets.US_ASCII));
    }
}
