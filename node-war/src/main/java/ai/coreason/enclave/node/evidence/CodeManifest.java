package ai.coreason.enclave.node.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The manifest of the installed application: one line {@code <SHA-256>  <path>\n} per file, by path in code-point order,
 * as {@code sha256sum} prints it. Its digest is the {@code code_manifest_sha256} of report data. Immutable.
 */
public final class CodeManifest {
    private final Map<String, String> digests;

    private CodeManifest(Map<String, String> digests) {
        this.digests = digests;
    }

    /** The installed files: what a {@code ServletContext} shows of its archive. */
    public interface Files {
        /** The entries right below a folder, as absolute paths; folders end with a slash. Null if there is none. */
        Set<String> in(String folder);

        /** Opens a file. */
        InputStream open(String path) throws IOException;
    }

    /**
     * Digests every file of the archive once.
     *
     * @throws IOException if a file cannot be read, or there is none at all
     */
    public static CodeManifest of(Files installed) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        collect(installed, "/", digests);
        if (digests.isEmpty()) {
            throw new IOException("code manifest: expected at least one installed file, got none");
        }
        return new CodeManifest(digests);
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
        return HexFormat.of().formatHex(sha256Digest().digest(text().getBytes(StandardCharsets.UTF_8)));
    }

    private static void collect(Files installed, String folder, Map<String, String> digests) throws IOException {
        Set<String> entries = installed.in(folder);
        if (entries == null) {
            return;
        }
        for (String entry : entries) {
            if (entry.endsWith("/")) {
                collect(installed, entry, digests);
            } else {
                digests.put(entry, digest(installed, entry));
            }
        }
    }

    private static String digest(Files installed, String path) throws IOException {
        MessageDigest sha256 = sha256Digest();
        try (InputStream in = installed.open(path)) {
            if (in == null) {
                throw new IOException("code manifest: expected to read " + path + ", got nothing");
            }
            new DigestInputStream(in, sha256).transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
