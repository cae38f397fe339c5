package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.base.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The manifest of the installed application: one line {@code <SHA-256>  <path>\n} per file, in the order of the paths,
 * as {@code sha256sum} prints it. Its digest is the {@code code_manifest_sha256} of report data. Immutable.
 */
public final class CodeManifest {
    private final Map<String, String> digests;

    private CodeManifest(Map<String, String> digests) {
        this.digests = digests;
    }

    /**
     * The manifest of the application that a class belongs to, which is deployed as an archive or expanded.
     *
     * @throws IOException if its files cannot be read
     */
    public static CodeManifest of(Class<?> member) throws IOException {
        CodeSource source = member.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new IOException("code manifest: expected " + member.getName() + " to come from a file, got none");
        }
        try {
            return of(applicationOf(Path.of(source.getLocation().toURI())));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new IOException("code manifest: expected a file, got " + source.getLocation(), e);
        }
    }

    /**
     * The manifest of a web archive or of the folder that it was expanded to; both give the same.
     *
     * @throws IOException if a file cannot be read, or there is none at all
     */
    static CodeManifest of(Path application) throws IOException {
        if (Files.isDirectory(application)) {
            return walk(application);
        }
        try (FileSystem archive = FileSystems.newFileSystem(application)) {
            return walk(archive.getPath("/"));
        }
    }

    /** The application's root above the classes of an expanded web archive. */
    static Path applicationOf(Path classes) {
        return classes.endsWith("WEB-INF/classes") ? classes.getParent().getParent() : classes;
    }

    /** How many files are covered. */
    public int files() {
        return digests.size();
    }

    /** The manifest's text. */
    public String text() {
        StringBuilder lines = new StringBuilder();
        digests.forEach(
                (path, digest) -> lines.append(digest).append("  ").append(path).append('\n'));
        return lines.toString();
    }

    /** Lower-case hex SHA-256 over {@link #text()} in UTF-8. */
    public String sha256() {
        return HexFormat.of().formatHex(Digests.sha256().digest(text().getBytes(StandardCharsets.UTF_8)));
    }

    private static CodeManifest walk(Path root) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                digests.put(root.relativize(file).toString(), digest(file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (digests.isEmpty()) {
            throw new IOException("code manifest: expected at least one installed file, got none");
        }
        return new CodeManifest(digests);
    }

    private static String digest(Path file) throws IOException {
        MessageDigest sha256 = Digests.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            new DigestInputStream(in, sha256).transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
