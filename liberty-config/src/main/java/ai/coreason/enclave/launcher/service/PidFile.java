package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.PrivateFile;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a started server leaves in its folder, so that a later command finds it.
 *
 * @param kind {@code overseer} or {@code node}
 * @param pid the server's process id
 * @param started when that process started: a later process of the same id is another one
 * @param readiness the address of its readiness check
 */
record PidFile(String kind, long pid, Instant started, URI readiness) {
    private static final String NAME = "server.pid";
    /** A process's state behind its name, as proc(5) has it. */
    private static final Pattern ENDED = Pattern.compile("\\s*[ZXx]\\b");
    /** A JVM derives the start from the kernel's boot time, which clock corrections move. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    static PidFile of(String kind, ProcessHandle process, URI readiness) {
        Instant started = process.info()
                .startInstant()
                .orElseThrow(() -> new IllegalStateException("pid " + process.pid() + ": expected a running process"));
        return new PidFile(kind, process.pid(), started, readiness);
    }

    /**
     * The pid file of a folder, if it has one.
     *
     * @throws IOException if it is there and cannot be read
     * @throws ai.coreason.enclave.base.InvalidDocument if it is not a pid file
     */
    static Optional<PidFile> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonFields f = JsonFields.of(Json.read(Files.readAllBytes(file)), "");
        try {
            return Optional.of(new PidFile(
                    f.text("kind", "overseer or node", s -> s.equals("overseer") || s.equals("node")),
                    f.whole("pid", 1, Long.MAX_VALUE),
                    Instant.parse(f.text("started", "an instant", s -> true)),
                    URI.create(f.text("readiness", "an address", s -> true))));
        } catch (DateTimeParseException e) {
            throw new IOException(file + ": started: expected an instant, got " + e.getParsedString(), e);
        }
    }

    void write(Path folder) throws IOException {
        ObjectNode json = Json.object()
                .put("kind", kind)
                .put("pid", pid)
                .put("started", started.toString())
                .put("readiness", readiness.toString());
        PrivateFile.write(folder.resolve(NAME), Json.write(json));
    }

    static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(NAME));
    }

    /** Whether a process was killed and only its parent has not asked for it yet, which some never do: Java takes it for alive. */
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"), StandardCharsets.ISO_8859_1);
            return ENDED.matcher(stat.substring(stat.lastIndexOf(')') + 1)).lookingAt();
        } catch (IOException goneOrNotLinux) {
            return false;
        }
    }

    /** The server's process, if it still runs. */
    Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(p -> !isZombie(p.pid()))
                .filter(p -> p.info()
                        .startInstant()
                        .filter(i -> Duration.between(i, started).abs().compareTo(TOLERANCE) <= 0)
                        .isPresent());
    }
}
