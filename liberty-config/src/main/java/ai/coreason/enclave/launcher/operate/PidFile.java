package ai.coreason.enclave.launcher.operate;

import ai.coreason.enclave.overseer.identity.PrivateFile;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The file that says which process runs a server: its id and when it began, so that a later process under the same id is
 * never taken for it.
 *
 * @param file where it lies
 */
record PidFile(Path file) {
    /** The kernel tells a process's start in hundredths of a second since a boot time that it adjusts a little. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final String EXPECTED = "an RFC 3339 time";

    /** Notes a process. */
    void write(ProcessHandle process) throws IOException {
        Instant start = process.info().startInstant().orElse(Instant.EPOCH);
        PrivateFile.write(
                file, Json.write(Json.object().put("pid", process.pid()).put("started_at", start.toString())));
    }

    /**
     * The noted process if it still runs; empty for none, a dead one, or another that took its id.
     *
     * @throws InvalidDocument if the file is not one of these
     */
    Optional<ProcessHandle> running() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonFields f = JsonFields.of(Json.read(Files.readAllBytes(file)), "");
        long pid = f.whole("pid", 1, Long.MAX_VALUE);
        Instant start = Instant.parse(f.text("started_at", EXPECTED, PidFile::isTime));
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(p -> began(p, start));
    }

    /** Forgets the process. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private static boolean began(ProcessHandle process, Instant noted) {
        return process.info()
                .startInstant()
                .map(s -> Duration.between(s, noted).abs().compareTo(TOLERANCE) <= 0)
                .orElse(noted.equals(Instant.EPOCH));
    }

    private static boolean isTime(String text) {
        try {
            return Instant.parse(text) != null;
        } catch (java.time.DateTimeException e) {
            return false;
        }
    }
}
