package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.server.FreePorts;
import ai.coreason.enclave.launcher.server.TestDatabase;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.token.TestIssuer;
import ai.coreason.enclave.overseer.token.TokenIssuer;
import ai.coreason.enclave.sentry.attestation.guest.FakeTsm;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One simulated Overseer for all tests that are extended with this, started and stopped as a user does it. */
public class TestOverseer implements BeforeAllCallback {
    /** All tests call from one address, more often than one may. */
    private static final int TOO_MANY = 429;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static Running running;

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(getClass(), k -> new Running(attested()), Running.class);
    }

    /** Whether hardware is demanded of nodes. */
    boolean attested() {
        return false;
    }

    /** An Overseer in production mode that trusts the roots of {@link FakeChip} and {@link FakeTd}. */
    public static final class Attested extends TestOverseer {
        @Override
        boolean attested() {
            return true;
        }
    }

    /** Half of a server's start is the second compiler's, for minutes that it does not live to win back. */
    static ProcessBuilder oneCompiler(ProcessBuilder command) {
        command.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        return command;
    }

    /** The folder of the running Overseer. */
    static Path folder() {
        return running.folder;
    }

    static int nodePort() {
        return running.nodePort;
    }

    /** The address of a path below {@code /api/v1} on the users' port. */
    static URI users(String path) {
        return URI.create("https://127.0.0.1:" + running.userPort + path);
    }

    /** The address of a path on the nodes' port. */
    static URI nodes(String path) {
        return URI.create("https://127.0.0.1:" + running.nodePort + path);
    }

    static FederationCa ca() {
        return FederationCa.load(running.folder.resolve("state/ca"));
    }

    /** A file of the Overseer's folder. */
    static Path file(String name) {
        return running.folder.resolve(name);
    }

    /** A client that shows no certificate. */
    static HttpClient anonymous() {
        return running.client;
    }

    /** The issuer of the running production Overseer's tokens. */
    static TestIssuer issuer() {
        return running.issuer;
    }

    /** A valid token. */
    static String token(String role) {
        return token("test-" + role, role);
    }

    /** A valid token of somebody. */
    static String token(String subject, String role) {
        if (running.issuer != null) {
            return running.issuer.token(subject, role);
        }
        try {
            return TokenIssuer.load(running.folder.resolve("state/tokens")).issue(subject, role, Duration.ofHours(1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Answer get(String role, String path) throws Exception {
        return call(role, "GET", path, new byte[0], "");
    }

    static Answer post(String role, String path, JsonNode body) throws Exception {
        return call(role, "POST", path, Json.write(body), "application/json");
    }

    /** Calls {@code /api/v1} on the users' port. */
    static Answer call(String role, String method, String path, byte[] body, String type) throws Exception {
        return bring(token(role), method, path, body, type);
    }

    /** Calls {@code /api/v1} on the users' port with a token. */
    static Answer bring(String token, String method, String path, byte[] body, String type) throws Exception {
        HttpRequest.Builder request = request(users("/api/v1" + path)).header("Authorization", "Bearer " + token);
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return send(anonymous(), request.method(method, BodyPublishers.ofByteArray(body)));
    }

    static HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address).timeout(PATIENCE);
    }

    static Answer send(HttpClient client, HttpRequest.Builder request) throws Exception {
        Answer answer = Answer.of(client.send(request.build(), BodyHandlers.ofByteArray()));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (answer.status() == TOO_MANY && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            answer = Answer.of(client.send(request.build(), BodyHandlers.ofByteArray()));
        }
        return answer;
    }

    /** The names of the audit log's events so far. */
    static List<String> events() throws Exception {
        List<String> events = new ArrayList<>();
        get("auditor", "/audit")
                .ok()
                .json()
                .get("records")
                .forEach(r -> events.add(r.get("event").asText()));
        return events;
    }

    /** Asks until the answer is the one that is waited for. */
    static <T> T await(String what, Callable<T> question, Predicate<T> answer) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        T last = question.call();
        while (!answer.test(last)) {
            assertThat(System.nanoTime())
                    .as("waiting for " + what + ", got " + last)
                    .isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
            last = question.call();
        }
        return last;
    }

    /** The server and its folder. */
    private static final class Running implements AutoCloseable {
        private final Path folder;
        private final int userPort;
        private final int nodePort;
        private final HttpClient client;
        private FakeTsm tsm;
        private TestIssuer issuer;

        Running(boolean attested) {
            try {
                folder = Files.createTempDirectory("overseer");
                List<Integer> ports = FreePorts.find(2);
                userPort = ports.get(0);
                nodePort = ports.get(1);
                Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
                List<String> run = new ArrayList<>(List.of("run", "--detach"));
                run.addAll(List.of("--https-port", String.valueOf(userPort), "--node-port", String.valueOf(nodePort)));
                run.addAll(attested ? production() : List.of("--simulation"));
                run.addAll(TestDatabase.options(folder));
                enclave(run.toArray(String[]::new));
                client = Tls.client(Tls.anonymous(
                        FederationCa.load(folder.resolve("state/ca")).trustStore()));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private List<String> production() throws IOException {
            issuer = new TestIssuer(folder);
            Path anchors = Files.createDirectory(folder.resolve("anchors"));
            Files.write(anchors.resolve("ark.pem"), FakeChip.root());
            Path reports = Files.createDirectory(folder.resolve("tsm"));
            tsm = FakeChip.honest().kernel(reports);
            Path certificates = Files.createDirectory(folder.resolve("certificates"));
            FakeTd.publish(anchors, certificates);
            Path secret = folder.resolve("key-secret");
            PrivateFile.write(secret, PrivateFile.randomPassword().getBytes(StandardCharsets.US_ASCII));
            List<String> options = new ArrayList<>(List.of(
                    "--key-secret-file", secret.toString(),
                    "--trust-anchors", anchors.toString(),
                    "--certificates", certificates.toString(),
                    "--tsm", reports.toString()));
            issuer.options().forEach((name, value) -> options.addAll(List.of(name, value)));
            return options;
        }

        private void enclave(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("enclave.home"), "liberty-config/bin/enclave")
                            .toString(),
                    "overseer"));
            command.addAll(List.of(arguments));
            command.addAll(List.of("--state", folder.toString()));
            Path log = folder.resolve("command.log");
            int exit = oneCompiler(new ProcessBuilder(command))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            assertThat(exit).as(Files.readString(log)).isZero();
        }

        @Override
        public void close() throws IOException {
            try {
                enclave("stop");
            } finally {
                kill();
                if (tsm != null) {
                    tsm.close();
                    issuer.close();
                }
            }
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }

        /** Ends the server that a failed stop, or a test run that was broken off, would leave behind. */
        private void kill() {
            try {
                Path file = folder.resolve("server.pid");
                if (Files.exists(file)) {
                    ProcessHandle.of(Json.read(Files.readAllBytes(file))
                                    .get("pid")
                                    .asLong())
                            .ifPresent(ProcessHandle::destroyForcibly);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
