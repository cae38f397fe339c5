package ai.coreason.enclave.sentry.attestation.folder;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that lies in a folder and below it, read or not: files, links that lead nowhere, folders that nobody may enter. Stateless. */
public final class FolderFiles {
    private static final int MAX_DEPTH = 16;

    private FolderFiles() {}

    /**
     * The names of all that is not a folder, relative to the folder and in order. Links to folders are not followed: one that
     * leads to a folder in this one is left out, as what it shows is there anyway, and another is a name like others.
     *
     * @param most where there is more, one more than this is told
     * @throws NotDirectoryException if it is no folder
     */
    public static List<String> in(Path folder, int most) throws IOException {
        return in(folder, most, Set.of());
    }

    /**
     * The same without some folders, and what lies in them.
     *
     * @param without their paths, relative to the folder
     */
    public static List<String> in(Path folder, int most, Set<Path> without) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(String.valueOf(folder.getFileName()));
        }
        Path root = folder.toRealPath();
        List<String> names = new ArrayList<>();
        Files.walkFileTree(root, Set.of(), MAX_DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
                return without.contains(root.relativize(below))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                return leadsInside(root, file, attributes) ? FileVisitResult.CONTINUE : add(file);
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(root)) {
                    throw failure;
                }
                return add(file);
            }

            private FileVisitResult add(Path file) {
                names.add(root.relativize(file).toString());
                return names.size() > most ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }
        });
        return names.stream().sorted().toList();
    }

    private static boolean leadsInside(Path root, Path file, BasicFileAttributes attributes) {
        try {
            return attributes.isSymbolicLink()
                    && Files.isDirectory(file)
                    && file.toRealPath().startsWith(root);
        } catch (IOException e) {
            return false;
        }
    }

    /** The first so many bytes of a file; empty if it is none, or cannot be read. */
    public static Optional<byte[]> head(Path file, int most) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (var in = Files.newInputStream(file)) {
            return Optional.of(in.readNBytes(most));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
