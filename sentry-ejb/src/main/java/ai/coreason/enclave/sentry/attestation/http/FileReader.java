package ai.coreason.enclave.sentry.attestation.http;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads small files, again only when their time or size has changed. It keeps the last 256 of them. Thread-safe.
 */
public final class FileReader {
    private static final System.Logger LOG = System.getLogger(FileReader.class.getName());
    private static final int KEPT = 256;

    private final Map<Path, Content> contents = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Content> eldest) {
            return size() > KEPT;
        }
    };

    /**
     * A file as it was read.
     *
     * @param modified when it was last written
     * @param bytes at most 1 MiB; not to be changed
     */
    public record Content(FileTime modified, byte[] bytes) {}

    /** What a file holds; empty if there is none, or it is none of at most 1 MiB that can be read. */
    public Optional<Content> read(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            if (!now.isRegularFile()) {
                return Optional.empty();
            }
            Content known = kept(file);
            if (known != null && known.modified.equals(now.lastModifiedTime()) && known.bytes.length == now.size()) {
                return Optional.of(known);
            }
            return load(file, now.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "collateral.file.unreadable file={0}", file.getFileName());
            return Optional.empty();
        }
    }

    private Optional<Content> load(Path file, FileTime modified) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(ByteReader.MAX_EVIDENCE + 1);
            if (bytes.length > ByteReader.MAX_EVIDENCE) {
                LOG.log(System.Logger.Level.WARNING, "collateral.file.too_long file={0}", file.getFileName());
                return Optional.empty();
            }
            Content content = new Content(modified, bytes);
            synchronized (contents) {
                contents.put(file, content);
            }
            return Optional.of(content);
        }
    }

    private Content kept(Path file) {
        synchronized (contents) {
            return contents.get(file);
        }
    }
}
