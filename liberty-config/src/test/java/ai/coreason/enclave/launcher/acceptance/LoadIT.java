package ai.coreason.enclave.launcher.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four nodes train while 200 slow connections and 100 bombs go to both ports of the Overseer, from the nodes' own address and from
 * another: every round completes, health answers, and nothing ends. The figures are printed.
 */
class LoadIT {
    private static final int SLOW = 200;
    private static final int BOMBS = 100;
    /** After it the servers are stopped. */
    private static final Pattern LAST_ROUND = Pattern.compile("round (\\d+)/\\1 ");

    private static final long LIMIT = TimeUnit.MINUTES.toNanos(5);

    @TempDir
    Path folder;

    private Simulation run;

    @AfterEach
    void end() {
        run.servers().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void train_underSlowConnectionsAndBombs_everyRoundCompletesAndHealthAnswers() throws Exception {
        Path heart = Simulation.federation("heart");
        run = Simulation.start(
                folder,
                "--data",
                heart.toString(),
                "--job",
                heart.resolve("job_plain.json").toString());
        await(() ->
                printed().contains("node_va enrolled after") || !run.process().isAlive());
        Path overseer = overseer();
        Properties variables = new Properties();
        try (InputStream in = Files.newInputStream(overseer.resolve("usr/servers/overseer/bootstrap.properties"))) {
            variables.load(in);
        }
        int users = Integer.parseInt(variables.getProperty("https.port"));
        int nodes = Integer.parseInt(variables.getProperty("node.port"));
        ProcessHandle server = run.servers().stream()
                .filter(p -> cwd(p).startsWith(overseer))
                .findFirst()
                .orElseThrow();
        List<Long> health = new ArrayList<>();
        Map<String, Integer> answers = new TreeMap<>();
        Thread asking = new Thread(() -> ask(health, users, overseer), "asking");
        asking.start();
        await(() -> asked || !asking.isAlive());
        Process attack = Attack.start(SLOW, BOMBS, List.of(users, nodes));
        try (BufferedReader said = attack.inputReader()) {
            for (int i = 0; i < BOMBS; i++) {
                String answer = said.readLine();
                assertThat(answer).as("the attacker has ended").isNotNull();
                answers.merge(answer, 1, Integer::sum);
            }
            await(() -> !run.process().isAlive());
            asking.interrupt();
            asking.join();
        } finally {
            attack.destroyForcibly();
        }

        assertThat(run.process().exitValue()).as(printed()).isZero();
        assertThat(run.report().path("status").asText()).isEqualTo("COMPLETED");
        assertThat(run.report().path("rounds"))
                .allSatisfy(r -> assertThat(r.path("participants")).hasSize(4));
        assertThat(answers.keySet()).isSubsetOf("401", "413", "429", "503", "cut off");
        assertThat(health).isNotEmpty().doesNotContain(-1L);
        Collections.sort(health);
        System.out.printf(
                Locale.ROOT,
                "load: %d slow connections, %d bombs answered %s; health asked %d times, median %d ms, longest %d ms;"
                        + " the Overseer's peak memory %s%n",
                SLOW,
                BOMBS,
                answers,
                health.size(),
                health.get(health.size() / 2),
                health.get(health.size() - 1),
                peak.isEmpty() ? "unknown" : peak);
        assertThat(server).isNotNull();
    }

    private volatile String peak = "";
    private volatile boolean asked;

    /**
     * Asks for health ten times a second until it is interrupted or the servers stop; -1 for a call that failed. The first call, which
     * starts the client, is not timed.
     */
    private void ask(List<Long> health, int port, Path overseer) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/health/ready"))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(trusting(overseer.resolve("ca.pem")))
                    .build();
            while (!Thread.currentThread().isInterrupted()
                    && !LAST_ROUND.matcher(printed()).find()) {
                long begun = System.nanoTime();
                int status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (asked || status != 200) {
                    health.add(status == 200 ? (System.nanoTime() - begun) / 1_000_000 : -1L);
                }
                asked = true;
                peak = peakOf(overseer).orElse(peak);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        } catch (IOException serversStop) {
            if (!LAST_ROUND.matcher(printed()).find()) {
                health.add(-1L);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private java.util.Optional<String> peakOf(Path overseer) {
        return run.servers().stream()
                .filter(p -> cwd(p).startsWith(overseer))
                .findFirst()
                .flatMap(p -> {
                    try (Stream<String> lines = Files.lines(Path.of("/proc", "" + p.pid(), "status"))) {
                        return lines.filter(l -> l.startsWith("VmHWM:"))
                                .map(l -> l.substring("VmHWM:".length()).strip())
                                .findFirst();
                    } catch (IOException ended) {
                        return java.util.Optional.empty();
                    }
                });
    }

    private static SSLContext trusting(Path ca) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(ca)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static Path cwd(ProcessHandle process) {
        try {
            return Path.of("/proc", "" + process.pid(), "cwd").toRealPath();
        } catch (IOException ended) {
            return Path.of("/");
        }
    }

    private Path overseer() throws IOException {
        try (Stream<Path> below = Files.list(folder.resolve("out"))) {
            return below.map(p -> p.resolve("overseer"))
                    .filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow()
                    .toRealPath();
        }
    }

    private String printed() {
        try {
            return run.printed();
        } catch (IOException notYetWritten) {
            return "";
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for " + LIMIT + " ns").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
