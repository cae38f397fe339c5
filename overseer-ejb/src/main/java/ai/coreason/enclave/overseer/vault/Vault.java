package ai.coreason.enclave.overseer.vault;

import ai.coreason.enclave.base.Digests;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder that holds sealed updates and models by their SHA-256. An entry is written whole or not at all: temporary
 * file, fsync, rename, fsync of the folder. Thread-safe; several processes may share the folder.
 */
public final class Vault {
    private static final int DIGEST_LENGTH = 64;
    private static final int PIECE = 1 << 16;

    private final Path folder;

    /** A vault in a folder, made if missing. */
    public Vault(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An entry.
     *
     * @param digest lower-case hex SHA-256
     * @param bytes its size
     */
    public record Entry(String digest, long bytes) {}

    /** The refusal of a stream that is longer than allowed. */
    public static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        /** @param limit the most bytes */
        public TooLarge(long limit) {
            super("expected at most " + limit + " bytes, got more");
        }
    }

    /**
     * Bytes that came and are no entry yet: {@link #keep} makes them one, {@link #close} drops them otherwise. An entry of
     * the same bytes is not touched by either. Not thread-safe.
     */
    public final class Arrival implements AutoCloseable {
        private final Path temporary;
        private final Entry entry;

        private Arrival(Path temporary, Entry entry) {
            this.temporary = temporary;
            this.entry = entry;
        }

        /** What the entry will be. */
        public Entry entry() {
            return entry;
        }

        /**
         * What is read of the bytes, which are checked against what the entry will be.
         *
         * @throws IllegalStateException if they were changed since they came
         */
        public <T> T read(Reading<T> reading) {
            return Vault.read(temporary, entry.digest(), reading);
        }

        /** Makes the bytes an entry. */
        public Entry keep() {
            try {
                Files.move(temporary, path(entry.digest()), StandardCopyOption.ATOMIC_MOVE);
                try (FileChannel dir = FileChannel.open(folder, StandardOpenOption.READ)) {
                    dir.force(true);
                }
                return entry;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Receives a stream.
     *
     * @throws TooLarge if it has more than {@code limit} bytes; nothing is stored
     */
    public Arrival receive(InputStream in, long limit) throws IOException {
        Path temporary = folder.resolve("." + UUID.randomUUID());
        boolean whole = false;
        try (InputStream source = in;
                FileChannel channel =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
            MessageDigest sha = Digests.sha256();
            long bytes = 0;
            byte[] buffer = new byte[PIECE];
            for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
                bytes += n;
                if (bytes > limit) {
                    throw new TooLarge(limit);
                }
                sha.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            channel.force(true);
            whole = true;
            return new Arrival(temporary, new Entry(HexFormat.of().formatHex(sha.digest()), bytes));
        } finally {
            if (!whole) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** Stores bytes. */
    public Entry store(byte[] bytes) {
        try (Arrival arrival = receive(new ByteArrayInputStream(bytes), bytes.length)) {
            return arrival.keep();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is an entry with this digest. */
    public boolean has(String digest) {
        return isDigest(digest) && Files.isRegularFile(path(digest));
    }

    /**
     * Reads an entry and checks it against its digest.
     *
     * @throws IllegalStateException if there is none, or it was changed
     */
    public byte[] read(String digest) {
        return read(digest, (in, length) -> {
            byte[] bytes = new byte[Math.toIntExact(length)];
            in.readNBytes(bytes, 0, bytes.length);
            return bytes;
        });
    }

    /** Reads something from a stream that holds so many bytes. */
    @FunctionalInterface
    public interface Reading<T> {
        /** Reads what it wants of them. */
        T from(InputStream in, long bytes) throws IOException;
    }

    /**
     * Reads something from an entry, piece by piece as the reading likes, and checks all of it against its digest.
     *
     * @throws IllegalStateException if there is none, or it was changed
     */
    public <T> T read(String digest, Reading<T> reading) {
        return read(path(digest), digest, reading);
    }

    private static <T> T read(Path file, String digest, Reading<T> reading) {
        MessageDigest sha = Digests.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            T read = reading.from(in, Files.size(file));
            in.transferTo(OutputStream.nullOutputStream());
            if (!HexFormat.of().formatHex(sha.digest()).equals(digest)) {
                throw new IllegalStateException("vault entry " + digest + " was changed on disk");
            }
            return read;
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("vault entry " + digest + " is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What tells an entry's file from one that was put in its place or written to.
     *
     * @param bytes its length
     * @param modified when it was last written, as the file system says
     */
    public record Stamp(String digest, long bytes, Instant modified) {}

    /**
     * An entry's stamp; its bytes are not read.
     *
     * @throws IllegalStateException if there is none
     */
    public Stamp stamp(String digest) {
        try {
            BasicFileAttributes file = Files.readAttributes(path(digest), BasicFileAttributes.class);
            return new Stamp(digest, file.size(), file.lastModifiedTime().toInstant());
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("vault entry " + digest + " is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Checks an entry against its digest, piece by piece.
     *
     * @return its size, bytes
     * @throws IllegalStateException if there is none, or it was changed
     */
    public long check(String digest) {
        MessageDigest sha = Digests.sha256();
        long bytes = 0;
        try (InputStream in = Files.newInputStream(path(digest))) {
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                sha.update(piece, 0, n);
                bytes += n;
            }
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("vault entry " + digest + " is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!HexFormat.of().formatHex(sha.digest()).equals(digest)) {
            throw new IllegalStateException("vault entry " + digest + " was changed on disk");
        }
        return bytes;
    }

    /**
     * Writes a part of an entry, piece by piece and unchecked.
     *
     * @param from the first byte, counted from 0
     * @param count how many bytes
     * @throws IOException if the entry ends before that, or {@code out} takes no more
     */
    public void copy(String digest, long from, long count, OutputStream out) throws IOException {
        try (InputStream in = Files.newInputStream(path(digest))) {
            in.skipNBytes(from);
            byte[] piece = new byte[PIECE];
            for (long left = count; left > 0; ) {
                int n = in.read(piece, 0, (int) Math.min(PIECE, left));
                if (n < 0) {
                    throw new EOFException("vault entry " + digest + ": expected " + left + " bytes more, got its end");
                }
                out.write(piece, 0, n);
                left -= n;
            }
        }
    }

    /** The digests of all entries. */
    public List<String> digests() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(Vault::isDigest)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When an entry came. */
    public Instant modified(String digest) {
        try {
            return Files.getLastModifiedTime(path(digest)).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes an entry; nothing happens if there is none. */
    public void delete(String digest) {
        try {
            Files.deleteIfExists(path(digest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops what a crash left of arrivals that began before an instant. */
    public void dropArrivals(Instant before) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(folder)) {
            found = files.filter(f -> f.getFileName().toString().startsWith("."))
                    .toList();
        }
        for (Path file : found) {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** How many bytes this process may still write where the vault lies. */
    public long freeBytes() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes, reads and removes a probe: whether the vault can be used now. */
    public void probe() throws IOException {
        Path probe = folder.resolve("." + UUID.randomUUID());
        Files.write(probe, new byte[] {1});
        Files.delete(probe);
    }

    private Path path(String digest) {
        if (!isDigest(digest)) {
            throw new IllegalArgumentException("digest: expected 64 hex characters, got " + digest.length());
        }
        return folder.resolve(digest);
    }

    private static boolean isDigest(String s) {
        return s.length() == DIGEST_LENGTH && s.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
