package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of a Data Package, out of which no resource's path leads. Immutable and thread-safe. */
final class PackageFolder {
    private static final int MAX_PATH = 1024;
    private static final int MAX_FILES = 1_000_000;
    private static final Pattern SAFE = Pattern.compile("[^/\\\\:\\x00-\\x1f]+(?:/[^/\\\\:\\x00-\\x1f]+)*");

    private final Path folder;

    PackageFolder(Path folder) {
        this.folder = folder;
    }

    /** Whether a path is relative, plain and stays below where it starts; links are judged where it is located. */
    static boolean isSafe(String path) {
        if (path.length() > MAX_PATH || !SAFE.matcher(path).matches()) {
            return false;
        }
        for (String step : path.split("/")) {
            if (step.isBlank() || step.equals(".") || step.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /**
     * The file itself, every link resolved.
     *
     * @throws InvalidDocument if it is not a plain file within the folder
     */
    Path locate(String path, String field) throws IOException {
        return within(folder.resolve(path), f -> Files.isRegularFile(f), "an existing plain file", path, field);
    }

    /** The file or folder itself, every link resolved. */
    Path locateEither(String path, String field) throws IOException {
        return within(folder.resolve(path), f -> Files.exists(f), "an existing file or folder", path, field);
    }

    /**
     * The files of a folder that end in one of some ways, by name; or the file.
     *
     * @throws InvalidDocument if one is not a plain file within the package's folder, naming it by its place from 1, as a
     *     name may name a patient; or if there is none
     */
    List<Path> locateAll(String path, String field, Set<String> endings) throws IOException {
        Path place = locateEither(path, field);
        if (!Files.isDirectory(place)) {
            return List.of(locate(path, field));
        }
        List<Path> found;
        try (Stream<Path> all = Files.list(place)) {
            found = all.filter(f -> endings.stream().anyMatch(f.getFileName().toString()::endsWith))
                    .sorted(Comparator.comparing(f -> f.getFileName().toString()))
                    .toList();
        }
        if (found.isEmpty() || found.size() > MAX_FILES) {
            throw InvalidDocument.at(field, "1 to " + MAX_FILES + " files that end in " + endings, found.size());
        }
        List<Path> files = new ArrayList<>(found.size());
        for (Path file : found) {
            String shown = "file " + (files.size() + 1) + " of " + path;
            files.add(within(file, f -> Files.isRegularFile(f), "plain files", shown, field));
        }
        return List.copyOf(files);
    }

    private Path within(Path file, Predicate<Path> kind, String expected, String shown, String field)
            throws IOException {
        if (!kind.test(file)) {
            throw InvalidDocument.at(field, expected, shown);
        }
        Path real = file.toRealPath();
        if (!real.startsWith(folder.toRealPath())) {
            throw InvalidDocument.at(field, "a file within the package's folder", shown + ", which links outside");
        }
        return real;
    }
}
