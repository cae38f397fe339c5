package ai.coreason.enclave.sentry.data;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of a Data Package, out of which no resource's path leads. Immutable and thread-safe. */
final class PackageFolder {
    /** Where clients of Bulk Data put the files of what was deleted. */
    static final String DELETED = "deleted";

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
        return within(resolve(path, field), f -> Files.isRegularFile(f), "an existing plain file", path, field);
    }

    /** The file or folder itself, every link resolved. */
    Path locateEither(String path, String field) throws IOException {
        return within(resolve(path, field), f -> Files.exists(f), "an existing file or folder", path, field);
    }

    private Path resolve(String path, String field) {
        try {
            return folder.resolve(path);
        } catch (InvalidPathException e) {
            throw InvalidDocument.at(field, "a name that the system's locale, as in LC_ALL, has letters for", path);
        }
    }

    /**
     * The files of a folder, and of a folder {@value #DELETED} in it, that end in one of some ways, whatever their letters'
     * case, and are not hidden, by name; or the file.
     *
     * @throws InvalidDocument if one is not a plain file within the package's folder, naming it by its place from 1, as a
     *     name may name a patient; or if there is none
     */
    List<Path> locateAll(String path, String field, Set<String> endings) throws IOException {
        Path place = locateEither(path, field);
        if (!Files.isDirectory(place)) {
            return List.of(locate(path, field));
        }
        List<Path> found = new ArrayList<>(list(place, f -> ends(f, endings)));
        if (Files.isDirectory(place.resolve(DELETED))) {
            found.addAll(list(place.resolve(DELETED), f -> ends(f, endings)));
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

    /**
     * What lies in a folder and is none of its files, in sentences that give endings and no names, as a name may name a
     * patient; none for a file.
     */
    List<String> passedOver(String path, String field, Set<String> endings) throws IOException {
        Path place = locateEither(path, field);
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        List<String> told = new ArrayList<>(others(place, path, endings));
        if (Files.isDirectory(place.resolve(DELETED))) {
            told.addAll(others(place.resolve(DELETED), path + "/" + DELETED, endings));
        }
        return told;
    }

    private static List<String> others(Path folder, String shown, Set<String> endings) throws IOException {
        boolean deleted = folder.getFileName().toString().equals(DELETED);
        Map<String, Integer> others = new TreeMap<>();
        for (Path other : list(
                folder,
                f -> !ends(f, endings)
                        && (deleted || !f.getFileName().toString().equals(DELETED)))) {
            others.merge(kind(other), 1, Integer::sum);
        }
        return others.entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey() + " in " + shown + " were not read")
                .toList();
    }

    private static String kind(Path file) {
        String folders = Files.isDirectory(file) ? "folders" : "files";
        return isHidden(file)
                ? "hidden " + folders
                : Files.isDirectory(file) ? folders : "files that end in " + ending(file);
    }

    /** What systems write beside a file, as macOS does, is named so. */
    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    private static List<Path> list(Path folder, Predicate<Path> which) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(which)
                    .sorted(Comparator.comparing(f -> f.getFileName().toString()))
                    .toList();
        }
    }

    private static boolean ends(Path file, Set<String> endings) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !isHidden(file) && endings.stream().anyMatch(name::endsWith);
    }

    /** A short ending of letters and digits; what else follows a point may be a part of somebody's name. */
    private static String ending(Path file) {
        String name = file.getFileName().toString();
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return name.contains(".") && end.matches("[a-z0-9]{1,8}") ? "." + end : "no known way";
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
