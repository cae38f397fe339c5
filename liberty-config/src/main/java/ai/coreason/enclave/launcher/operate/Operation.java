package ai.coreason.enclave.launcher.operate;

import ai.coreason.enclave.launcher.ExitCode;
import ai.coreason.enclave.launcher.server.Distribution;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.launcher.server.ServerProcess;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One server of an operator: run, told about, stopped. The process noted in {@code server.pid} is the {@code enclave run}
 * that watches the server and ends it when asked to end.
 *
 * @param layout its files
 * @param base where its health is asked, scheme, host and port
 * @param client reaches it
 * @param out where people read
 */
record Operation(ServerLayout layout, URI base, HttpClient client, PrintWriter out) {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    /** Checks that the folder's server does not run and that its ports are free, before anything is written. */
    static void requireStartable(ServerLayout layout, Map<String, InetSocketAddress> ports) throws IOException {
        Optional<ProcessHandle> running = pidFile(layout).running();
        if (running.isPresent()) {
            throw new IOException("--state " + layout.folder() + ": expected a server that does not run, got process "
                    + running.get().pid());
        }
        for (Map.Entry<String, InetSocketAddress> port : ports.entrySet()) {
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(port.getValue());
            } catch (IOException e) {
                throw new IOException(
                        port.getKey() + ": expected a free port, got " + port.getValue() + " (" + e.getMessage() + ")");
            }
        }
    }

    /**
     * Starts the configured server and stays until it ends.
     *
     * @return the exit code
     */
    int run(Distribution distribution, Map<String, String> environment, Duration limit)
            throws IOException, InterruptedException {
        pidFile(layout).write(ProcessHandle.current());
        try (ServerProcess server = ServerProcess.start(distribution, layout, List.of(), environment)) {
            server.awaitReady(client, base.resolve("/health/ready"), limit);
            out.println(
                    layout.name() + " ready at " + base + ", process " + server.pid() + ", logs in " + layout.logs());
            out.flush();
            ProcessHandle.of(server.pid()).ifPresent(p -> p.onExit().join());
            out.println(layout.name() + " ended by itself\n" + server.tail());
            return ExitCode.FAILED;
        } finally {
            pidFile(layout).delete();
        }
    }

    /**
     * Runs this very command again without {@code --detach}, away from this terminal, and waits until its server is ready.
     *
     * @param arguments the command line without {@code --detach}
     */
    int detach(List<String> arguments, Duration limit) throws IOException, InterruptedException {
        Files.createDirectories(layout.folder());
        Path log = layout.folder().resolve("run.log");
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-D" + Distribution.HOME + "=" + System.getProperty(Distribution.HOME));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("ai.coreason.enclave.launcher.Enclave");
        command.addAll(arguments);
        Process watcher = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long end = System.nanoTime() + limit.toNanos();
        while (!ready()) {
            boolean ended = watcher.waitFor(100, TimeUnit.MILLISECONDS);
            if (ended || System.nanoTime() > end) {
                watcher.destroy();
                out.print(Files.readString(log));
                return ended ? watcher.exitValue() : ExitCode.FAILED;
            }
        }
        out.println(layout.name() + " ready at " + base + ", process " + watcher.pid() + ", logs in " + layout.logs());
        return ExitCode.OK;
    }

    /** Stops the server; nothing to do if it does not run. */
    int stop() throws IOException, InterruptedException {
        Optional<ProcessHandle> running = pidFile(layout).running();
        if (running.isEmpty()) {
            out.println(layout.name() + " of " + layout.folder() + " does not run");
            return ExitCode.OK;
        }
        ProcessHandle process = running.get();
        process.destroy();
        try {
            process.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly(); // its server watches it and ends too
        }
        out.println(layout.name() + " stopped, process " + process.pid());
        return ExitCode.OK;
    }

    /**
     * Prints whether the server runs and is ready.
     *
     * @return 0 if both, else 1
     */
    int status(boolean json) throws IOException, InterruptedException {
        Optional<ProcessHandle> running = pidFile(layout).running();
        boolean ready = running.isPresent() && ready();
        if (json) {
            ObjectNode state = Json.object().put("running", running.isPresent()).put("ready", ready);
            running.ifPresent(p -> state.put("pid", p.pid()));
            state.put("url", base.toString()).put("logs", layout.logs().toString());
            out.println(Json.pretty(state));
        } else if (running.isEmpty()) {
            out.println(layout.name() + " of " + layout.folder() + " does not run");
        } else {
            out.println(layout.name() + (ready ? " is ready" : " runs and is not ready") + ", process "
                    + running.get().pid() + ", " + base + ", logs in " + layout.logs());
        }
        return ready ? ExitCode.OK : ExitCode.FAILED;
    }

    /** A variable as the server was last configured; empty if it never was. */
    static Optional<String> variable(ServerLayout layout, String name) throws IOException {
        Path file = layout.configuration().resolve("bootstrap.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties read = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            read.load(in);
        }
        return Optional.ofNullable(read.getProperty(name));
    }

    private boolean ready() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/health/ready"))
                .timeout(ANSWER)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            return false;
        }
    }

    private static PidFile pidFile(ServerLayout layout) {
        return new PidFile(layout.folder().resolve("server.pid"));
    }
}
