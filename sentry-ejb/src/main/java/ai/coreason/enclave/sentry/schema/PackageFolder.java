package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The folder of a Data Package, out of which no resource's path leads. Immutable and thread-safe. */
final class PackageFolder {
    private static final int MAX_PATH = 1024;
    private static final Pattern SAFE = Pattern.compile("[^/\\\\:\\x00-\\x1f]+(?:/[^/\\\\:\\x00-\\x1f]+)*");

    private final Path folder;

    PackageFolder(Path folder) {
        this.folder = folder;
    }

    /** Whether a path is relative, plain and stays below where it starts; links are judged by {@link #locate}. */
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
        Path file = folder.resolve(path);
        if (!Files.isRegularFile(file)) {
            throw InvalidDocument.at(field, "an existing plain file", path);
        }
        Path real = file.toRealPath();
        if (!real.startsWith(folder.toRealPath())) {
            throw InvalidDocument.at(field, "a file within the package's folder", path + ", which links outside");
        }
        return real;
    }
}
