package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.DatasetStanding.Closure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node keeps of its datasets, in the node's folder. */
final class Standings {
    private static final String ENDING = ".json";

    private Standings() {}

    /** Where a node's folder keeps what survives a restart. */
    static Path state(Path folder) {
        return new ServerLayout("node", folder).state();
    }

    /** The datasets of which something is kept, by id. A file that cannot be understood closes its dataset. */
    static List<DatasetStanding> of(Path folder) throws IOException {
        Path kept = DatasetStanding.folder(state(folder));
        if (!Files.isDirectory(kept)) {
            return List.of();
        }
        List<DatasetStanding> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(kept)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
                found.add(read(file));
            }
        }
        return found;
    }

    private static DatasetStanding read(Path file) throws IOException {
        try {
            return DatasetStanding.parse(Json.read(Files.readAllBytes(file)));
        } catch (InvalidDocument e) {
            String name = file.getFileName().toString();
            String id = name.substring(0, name.length() - ENDING.length());
            Instant since = Files.getLastModifiedTime(file).toInstant();
            Closure closure = new Closure(since, "its file of standing cannot be read: " + e.getMessage());
            return DatasetStanding.open(id).close(closure);
        }
    }

    /** Lines for people: what is closed and what was noticed. */
    static List<String> lines(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (DatasetStanding standing : of(folder)) {
            Optional<Closure> closed = standing.closed();
            closed.ifPresent(c -> lines.add("dataset " + standing.datasetId() + ": closed since " + c.since() + ": "
                    + c.why() + "; mend it, then: enclave node reopen --state DIR --dataset " + standing.datasetId()));
            if (closed.isEmpty()) {
                standing.notes().forEach(n -> lines.add("dataset " + standing.datasetId() + ": " + n));
            }
        }
        return lines;
    }
}
