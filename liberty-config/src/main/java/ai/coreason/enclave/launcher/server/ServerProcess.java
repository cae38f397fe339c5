package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One running server: a JVM that is this process's child. It is stopped when this JVM ends, however it ends short of
 * SIGKILL; against that the server watches {@code enclave.parent.pid}. Thread-safe.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration TELL = Duration.ofSeconds(10);
    private static final int TAIL_LINES = 20;
    private static final int OK = 200;
    private static final int NO_ANSWER = 0;
    private static final String MESSAGES = "messages.log";
    private static final String WAITS = ".waits-for:";
    private static final String CANNOT_START = ".cannot-start:";
    /** Liberty's word for a port that it could not have. */
    private static final String NO_PORT = "CWWKO0221E:";

    private static final List<String> APPLICATION_FAILED = List.of("CWWKZ0002E", "CWWKZ0012I");

    private final ServerLayout layout;
    private final Process process;
    private final Thread hook;
    private final Instant started;

    private ServerProcess(ServerLayout layout, Process process, Instant started) {
        this.layout = layout;
        this.started = started;
        this.process = process;
        this.hook = new Thread(this::end, "stop-" + layout.name());
    }

    /**
     * Starts a server.
     *
     * @param jvmFlags flags after those of {@code jvm.options}, which they override
     * @param environment variables on top of this process's own
     */
    public static ServerProcess start(
            Distribution distribution, ServerLayout layout, List<String> jvmFlags, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(distribution, layout, jvmFlags))
                .directory(layout.out().toFile())
                .redirectErrorStream(true)
                .redirectOutput(layout.console().toFile());
        builder.environment().putAll(environment);
        builder.environment().put("WLP_USER_DIR", layout.usr().toString());
        builder.environment().put("WLP_OUTPUT_DIR", layout.out().toString());
        builder.environment().put("LOG_DIR", layout.logs().toString());
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        ServerProcess started = new ServerProcess(layout, builder.start(), now);
        try {
            Runtime.getRuntime().addShutdownHook(started.hook);
        } catch (IllegalStateException shuttingDown) {
            started.process.destroyForcibly();
            throw shuttingDown;
        }
        return started;
    }

    static List<String> command(Distribution distribution, ServerLayout layout, List<String> jvmFlags)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + distribution.moduleArguments());
        command.addAll(layout.jvmOptions());
        command.addAll(jvmFlags);
        command.add("-javaagent:" + distribution.agent());
        command.add("-jar");
        command.add(distribution.launcher().toString());
        command.add(layout.name());
        return command;
    }

    /** The server's name. */
    public String name() {
        return layout.name();
    }

    /** The server's process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether the server still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /**
     * Waits until the server answers 200 to its readiness check.
     *
     * @param told what is waited for, every ten seconds
     * @throws IOException if it ends first, or is not ready in time; with the reason that it logged, or else the end of its log
     */
    public void awaitReady(HttpClient client, URI check, Duration limit, Consumer<String> told)
            throws IOException, InterruptedException {
        awaitReady(client, check, limit, false, told);
    }

    /**
     * Waits until the server answers 200 to its readiness check.
     *
     * @param patient whether one that answers, though not ready, such as a node that is not enrolled, is waited for without a limit
     * @param told what is waited for, every ten seconds
     * @throws IOException if it ends first, or does not answer in time; with the reason that it logged, or else the end of its log
     */
    public void awaitReady(HttpClient client, URI check, Duration limit, boolean patient, Consumer<String> told)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long tell = start + TELL.toNanos();
        int answer;
        while ((answer = answer(client, check)) != OK) {
            if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        name() + ": expected a running server, got exit code " + process.exitValue() + "\n" + reason());
            }
            Optional<String> noPort = logged(NO_PORT);
            if (noPort.isPresent()) {
                throw new IOException(name() + ": expected a port that is free, got another's: " + noPort.get());
            }
            if (applicationFailed()) {
                throw new IOException(name() + ": expected its application to start, got an error\n" + reason());
            }
            long now = System.nanoTime();
            boolean waits = patient && answer != NO_ANSWER;
            if (now > start + limit.toNanos() && !waits) {
                throw new IOException(name() + ": expected to be ready within " + limit.toSeconds()
                        + " s, got no such answer\n" + reason());
            }
            if (now > tell) {
                tell += TELL.toNanos();
                told.accept(name() + ": not ready after "
                        + Duration.ofNanos(now - start).toSeconds() + " s: waiting for "
                        + logged(WAITS).orElse("the server to start"));
            }
        }
    }

    /** Why it does not start, in its own words, or else the end of its log. */
    private String reason() {
        return logged(CANNOT_START).map(why -> name() + " cannot start: " + why).orElseGet(this::tail);
    }

    /** What follows a mark in the last line of this start's log that has it. */
    private Optional<String> logged(String mark) {
        try {
            List<String> lines =
                    log().lines().filter(line -> line.contains(mark)).toList();
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(lines.get(lines.size() - 1))
                            .map(line -> line.substring(line.indexOf(mark) + mark.length())
                                    .strip());
        } catch (IOException noLog) {
            return Optional.empty();
        }
    }

    /** Stops the server: SIGTERM, and SIGKILL after 20 s. Does nothing if it has ended. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            return; // the hook runs, or has run
        }
    }

    /** The last lines of the server's log. */
    public String tail() {
        Path messages = layout.logs().resolve(MESSAGES);
        Path file = Files.exists(messages) ? messages : layout.console();
        try {
            List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return file + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return file + ": no log";
        }
    }

    @Override
    public String toString() {
        return "ServerProcess[" + name() + " pid " + pid() + "]";
    }

    /** Asks the server to end without waiting for it. */
    public void signal() {
        process.destroy();
    }

    /** Lets the server outlive this JVM: it is no longer stopped when this JVM ends. */
    public void detach() {
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    /**
     * Waits until the server has ended.
     *
     * @return its exit code; 143 after SIGTERM
     */
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    private void end() {
        signal();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Liberty logs an application that cannot start and runs on without it. */
    private boolean applicationFailed() throws IOException {
        String log = log();
        return APPLICATION_FAILED.stream().anyMatch(log::contains);
    }

    /** What this start has logged: an earlier one's file stands there until Liberty puts it aside. */
    private String log() throws IOException {
        Path messages = layout.logs().resolve(MESSAGES);
        boolean own = Files.exists(messages)
                && !Files.getLastModifiedTime(messages).toInstant().isBefore(started);
        return own ? new String(Files.readAllBytes(messages), StandardCharsets.UTF_8) : "";
    }

    private static int answer(HttpClient client, URI check) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(check).timeout(Duration.ofSeconds(5)).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException notYet) {
            return NO_ANSWER;
        }
    }
}
