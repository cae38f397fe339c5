package ai.coreason.enclave.launcher.simulate;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.server.ServerLayout;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of a simulation's results: the files of the last run, and of every run a folder {@code run-...} with its servers'
 * files, of which only logs stay.
 *
 * @param path absolute
 */
record OutFolder(Path path) {
    static final String MODEL = "model.safetensors";

    private static final String REPORT = "report.json";
    private static final String RUN = "run-";

    /** Makes the path absolute. */
    OutFolder {
        path = path.toAbsolutePath().normalize();
    }

    /** Why nothing can be written there; empty if it can. What it makes to try, it takes away. */
    Optional<String> problem() {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            return Optional.of("expected a folder, got a file at " + path);
        }
        Optional<String> objection = ServerLayout.objection(path);
        if (objection.isPresent()) {
            return objection;
        }
        Path there = path;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            Files.delete(Files.createTempDirectory(there, ".try-"));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("expected a folder that can be written to, got " + path
                    + (there.equals(path) ? "" : ", below " + there));
        }
    }

    /** What earlier runs left there, in sentences. */
    List<String> leftovers() throws IOException {
        List<String> told = new ArrayList<>();
        if (holdsResults()) {
            told.add("the results of an earlier run in " + path + " will be replaced");
        }
        List<Path> runs = runs();
        long killed = runs.stream().filter(OutFolder::holdsState).count();
        Path each = path.resolve(RUN + "*");
        if (killed > 0) {
            told.add("keys and tokens of runs that were kept or killed lie in " + each + " (" + killed
                    + "): delete those that you do not need");
        }
        if (runs.size() > killed) {
            told.add("logs of earlier runs lie in " + each + " (" + (runs.size() - killed)
                    + "): delete those that you do not need");
        }
        return told;
    }

    /** Whether the results of a run lie there. */
    boolean holdsResults() {
        return Files.exists(path.resolve(REPORT));
    }

    /** Makes the folder of a new run. */
    Path newRun() throws IOException {
        Files.createDirectories(path);
        return Files.createTempDirectory(path, RUN);
    }

    /** Writes the results of a run over those of an earlier one, whose report goes first: a report tells that all of a run is there. */
    void write(byte[] model, JsonNode report, JsonNode ledger, JsonNode audit) throws IOException {
        Files.deleteIfExists(path.resolve(REPORT));
        PrivateFile.write(path.resolve(MODEL), model);
        PrivateFile.write(path.resolve("ledger.json"), text(ledger));
        PrivateFile.write(path.resolve("audit.json"), text(audit));
        PrivateFile.write(path.resolve(REPORT), text(report));
    }

    /** The last run's model. */
    Path model() {
        return path.resolve(MODEL);
    }

    /** Deletes keys, tokens, databases and models of a run; logs stay. */
    static void keepLogsOnly(Path run) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(run)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Path within = run.relativize(file);
            boolean log =
                    within.getNameCount() > 1 && within.getName(1).toString().equals("logs");
            boolean holdsLogs = Files.isDirectory(file) && Files.exists(file.resolve("logs"));
            if (!log && !holdsLogs && !file.equals(run)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<Path> runs() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(path)) {
            return all.filter(f -> f.getFileName().toString().startsWith(RUN) && Files.isDirectory(f))
                    .toList();
        }
    }

    private static boolean holdsState(Path run) {
        return Files.exists(run.resolve("overseer/state"));
    }

    private static byte[] text(JsonNode document) {
        return (Json.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
