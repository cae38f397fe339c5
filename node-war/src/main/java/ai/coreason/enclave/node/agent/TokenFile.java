package ai.coreason.enclave.node.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The file with the node's one-time enrolment token: readable and writable by its owner alone, replaced atomically. */
final class TokenFile {
    private static final long MAX_BYTES = 64 << 10;

    private final Path file;

    TokenFile(Path file) {
        this.file = file;
    }

    /**
     * The token for the next enrolment.
     *
     * @throws IOException if there is none; the message names the file and never the token
     */
    String read() throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": expected a token of at most " + MAX_BYTES + " bytes, got more");
        }
        String token = Files.readString(file).strip();
        if (token.isEmpty()) {
            throw new IOException(file + ": expected an enrolment token, got an empty file");
        }
        return token;
    }

    /** Puts another token in place: written to a new file, forced to disk, then renamed over the old one. */
    void replace(String token) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(
                folder,
                file.getFileName().toString(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            write(fresh, token);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private static void write(Path fresh, String token) throws IOException {
        try (FileChannel out = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
            ByteBuffer bytes = ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }
}
