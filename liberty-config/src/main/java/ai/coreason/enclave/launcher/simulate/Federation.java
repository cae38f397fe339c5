package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.server.ServerProcess;
import ai.coreason.enclave.launcher.simulate.OverseerApi.Role;
import ai.coreason.enclave.overseer.identity.FederationCa;
import ai.coreason.enclave.overseer.identity.Pem;
import ai.coreason.enclave.overseer.identity.PrivateFile;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A simulated federation on this machine: its authority, its evidence key, its Overseer and its nodes, all below one run
 * folder. Not thread-safe.
 */
final class Federation implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(180);
    private static final Duration VALIDITY = Duration.ofHours(24);
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final int MIN_HEAP_MB = 384;
    private static final int HEAP_PER_DATA = 12;

    private final Distribution distribution;
    private final Path run;
    private final int nodePort;
    private final int userPort;
    private final ServerLayout overseer;
    private final OverseerApi api;
    private final Path caFile;
    private final Path evidenceKey;
    private final List<ServerProcess> processes = new ArrayList<>();

    /** Prepares a federation; starts nothing. */
    Federation(Distribution distribution, Path run) throws IOException {
        this.distribution = distribution;
        this.run = run;
        this.overseer = new ServerLayout("overseer", run.resolve("overseer"));
        List<Integer> ports = FreePorts.find(2);
        this.userPort = ports.get(0);
        this.nodePort = ports.get(1);
        this.caFile = run.resolve("ca.pem");
        this.evidenceKey = run.resolve("evidence.key");
        FederationCa ca = FederationCa.open(overseer.state().resolve("ca"));
        TokenIssuer issuer = TokenIssuer.open(overseer.state().resolve("tokens"));
        write(caFile, FederationCa.pem(ca.caCertificate()));
        writeEvidenceKey();
        writeOverseer(ca, issuer);
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            String name = role.name().toLowerCase(Locale.ROOT);
            tokens.put(role, issuer.issue("simulation-" + name, name, VALIDITY));
        }
        this.api = new OverseerApi(URI.create("https://127.0.0.1:" + userPort), ca.trustStore(), tokens);
    }

    /** The Overseer's API. */
    OverseerApi api() {
        return api;
    }

    /** Starts the Overseer and waits until it is ready. */
    void startOverseer() throws IOException, InterruptedException {
        ServerProcess started = ServerProcess.start(distribution, overseer, QUICK_START, Map.of());
        processes.add(started);
        started.awaitReady(api.client(), api.readiness(), READY);
    }

    /**
     * Starts the nodes, as many at a time as this machine has processors, and waits until each is enrolled.
     *
     * @param ready told each node's id once it is enrolled
     */
    void startNodes(Inputs inputs, Consumer<String> ready) throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.find(inputs.dataBytes().size());
        int together = Math.max(1, Runtime.getRuntime().availableProcessors());
        List<Starting> starting = new ArrayList<>();
        int next = 0;
        for (Map.Entry<String, Long> node : inputs.dataBytes().entrySet()) {
            starting.add(startNode(inputs.descriptor(), node.getKey(), node.getValue(), ports.get(next++)));
            if (starting.size() == together) {
                await(starting.remove(0), ready);
            }
        }
        for (Starting s : starting) {
            await(s, ready);
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

    private void await(Starting s, Consumer<String> ready) throws IOException, InterruptedException {
        s.process().awaitReady(api.client(), s.readiness(), READY);
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
                .put("ca_file", caFile.toString())
                .put("token_file", token.toString())
                .put("data_package", descriptor.toString());
        site.putArray("resources").add(nodeId);
        site.put("approve", "any");
        site.putObject("simulation").put("evidence_key", evidenceKey.toString());
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
        ServerProcess started = ServerProcess.start(distribution, layout, flags, libtorch());
        processes.add(started);
        return new Starting(started, URI.create("http://127.0.0.1:" + port + "/health/ready"));
    }

    /** A node's heap: the data as read, as examples and as one batch of them, on top of the server's own need. */
    static long heapMegabytes(long dataBytes) {
        return MIN_HEAP_MB + HEAP_PER_DATA * (dataBytes >> 20);
    }

    private Map<String, String> libtorch() {
        return Map.of(
                "PYTORCH_LIBRARY_PATH", distribution.dist().resolve("libtorch").toString(),
                "PYTORCH_FLAVOR", "cpu",
                "DJL_CACHE_DIR", run.resolve("djl").toString(),
                "OMP_NUM_THREADS", "1",
                "MKL_NUM_THREADS", "1");
    }

    private void writeOverseer(FederationCa ca, TokenIssuer issuer) throws IOException {
        String password = PrivateFile.randomPassword();
        Path tls = overseer.state().resolve("tls");
        List<String> names = List.of("localhost", "127.0.0.1");
        store(ca.issueServer(names, VALIDITY, password.toCharArray()), tls.resolve("server.p12"), password);
        store(ca.trustStore(), tls.resolve("trust.p12"), password);
        overseer.write(
                distribution,
                "overseer",
                Map.of(
                        "enclave.mode",
                        "simulation",
                        "enclave.parent.pid",
                        parent(),
                        "db.kind",
                        "derby",
                        "jms.kind",
                        "liberty",
                        "https.port",
                        String.valueOf(userPort),
                        "node.port",
                        String.valueOf(nodePort),
                        "mp.jwt.verify.publickey.location",
                        issuer.publicKeyFile().toUri().toString(),
                        "mp.jwt.verify.issuer",
                        TokenIssuer.ISSUER),
                Map.of("enclave.tls.password", password, "metrics.password", PrivateFile.randomPassword()));
    }

    private void writeEvidenceKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            write(evidenceKey, Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()));
            write(
                    overseer.state().resolve("simulation").resolve("evidence.pub"),
                    Pem.write("PUBLIC KEY", pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void store(KeyStore store, Path file, String password) throws IOException {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            PrivateFile.write(file, bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        PrivateFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String parent() {
        return String.valueOf(ProcessHandle.current().pid());
    }
}
