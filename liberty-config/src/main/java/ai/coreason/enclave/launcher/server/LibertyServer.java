package ai.coreason.enclave.launcher.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One running Open Liberty server. Its JVM is the child process itself, so its process id is the server's. Thread-safe.
 */
public final class LibertyServer {
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final Duration POLL = Duration.ofMillis(150);
    private static final String APPLICATION_FAILED = "CWWKZ0002E";
    private static final int LAST_LINES = 15;

    private final String name;
    private final ServerFolder folder;
    private final Health health;
    private final Process process;

    private LibertyServer(String name, ServerFolder folder, Health health, Process process) {
        this.name = name;
        this.folder = folder;
        this.health = health;
        this.process = process;
    }

    /**
     * How a server is started.
     *
     * @param jvmOptions added after the kind's own
     * @param environment added to this process's own
     * @param detached whether it outlives this process and its terminal
     */
    public record Start(List<String> jvmOptions, Map<String, String> environment, boolean detached) {
        /** Copies the lists. */
        public Start {
            jvmOptions = List.copyOf(jvmOptions);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * Starts the server of a folder that {@link ServerFolder#write} has configured.
     *
     * @param name what people call it
     * @throws LaunchFailure if the folder's server already runs
     */
    public static LibertyServer start(
            String name, ServerFolder folder, Distribution distribution, Health health, Start how) throws IOException {
        folder.pidFile().running().ifPresent(p -> {
            throw LaunchFailure.environment(name + " already runs as process " + p.pid() + " in " + folder.root());
        });
        ProcessBuilder builder = new ProcessBuilder(command(folder, distribution, how))
                .directory(folder.root().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(folder.logs().resolve("console.log").toFile());
        builder.environment().putAll(how.environment());
        builder.environment()
                .putAll(Map.of(
                        "WLP_USER_DIR", folder.user().toString(),
                        "WLP_OUTPUT_DIR", folder.output().toString(),
                        "LOG_DIR", folder.logs().toString(),
                        "PYTORCH_LIBRARY_PATH", distribution.libtorch().toString()));
        Process process = builder.start();
        folder.pidFile().write(process.toHandle());
        return new LibertyServer(name, folder, health, process);
    }

    /** What people call it. */
    public String name() {
        return name;
    }

    /** Its files. */
    public ServerFolder folder() {
        return folder;
    }

    /** Whether the process runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /**
     * Waits until the server is ready.
     *
     * @throws LaunchFailure if it ends or is not ready in time; with the last lines of its log
     */
    public void awaitReady(Duration limit) throws InterruptedException {
        Instant end = Instant.now().plus(limit);
        while (!health.ready()) {
            requireAlive();
            requireApplication();
            if (Instant.now().isAfter(end)) {
                throw LaunchFailure.environment(
                        name + " was not ready after " + limit.toSeconds() + " s" + lastLines());
            }
            process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** @throws LaunchFailure if the process has ended; with the last lines of its log */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw LaunchFailure.environment(
                    name + " ended by itself with exit code " + process.exitValue() + lastLines());
        }
    }

    /** Waits for the process to end; its exit code. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks the process to end; returns at once. */
    public void requestStop() {
        process.destroy();
    }

    /** Stops the process: politely, and by force when it has not ended after the grace. */
    public void stop(Duration grace) {
        end(process.toHandle(), grace);
        try {
            folder.pidFile().delete();
        } catch (IOException e) {
            throw LaunchFailure.environment(folder.pidFile().file().toString(), e);
        }
    }

    /** Ends a process: politely, and by force when it has not ended after the grace. */
    public static void end(ProcessHandle process, Duration grace) {
        process.destroy();
        try {
            process.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            process.destroyForcibly();
        }
    }

    /** Liberty goes on when its application does not start; this does not. */
    private void requireApplication() {
        Path messages = messages();
        if (!Files.exists(messages)) {
            return;
        }
        try (Stream<String> lines = Files.lines(messages, StandardCharsets.UTF_8)) {
            Optional<String> broken =
                    lines.filter(l -> l.contains(APPLICATION_FAILED)).findFirst();
            if (broken.isPresent()) {
                throw LaunchFailure.environment(name + ": its application did not start; the log is " + messages
                        + " and says:\n  " + broken.get());
            }
        } catch (IOException e) {
            throw LaunchFailure.environment(messages.toString(), e);
        }
    }

    private Path messages() {
        return folder.logs().resolve("messages.log");
    }

    private String lastLines() {
        Path log = Files.exists(messages()) ? messages() : folder.logs().resolve("console.log");
        StringBuilder text = new StringBuilder("; the log is ").append(log).append(", its last lines:");
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
                    .forEach(l -> text.append("\n  ").append(l));
        } catch (IOException e) {
            text.append("\n  (cannot be read: ").append(e.getMessage()).append(')');
        }
        return text.toString();
    }

    private static List<String> command(ServerFolder folder, Distribution distribution, Start how) throws IOException {
        Path tools = distribution.liberty().resolve("bin/tools");
        List<String> command = new ArrayList<>();
        if (how.detached() && Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-javaagent:" + tools.resolve("ws-javaagent.jar"));
        command.addAll(distribution.jvmOptions(folder.kind()));
        command.addAll(how.jvmOptions());
        command.add("-jar");
        command.add(tools.resolve("ws-server.jar").toString());
        command.add(folder.kind().serverName());
        return command;
    }
}
