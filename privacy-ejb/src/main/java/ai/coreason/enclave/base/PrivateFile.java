package ai.coreason.enclave.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** A file that its owner alone can read (mode 0600), in a folder that its owner alone can enter (mode 0700). */
public final class PrivateFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int PASSWORD_BYTES = 32;

    private PrivateFile() {}

    /**
     * Makes a folder and its missing parents; a folder that is there keeps its mode.
     *
     * @return the same path
     */
    public static Path folder(Path folder) throws IOException {
        return Files.createDirectories(folder, OWNER_FOLDER);
    }

    /**
     * Replaces a file in one step: a reader, or a crash at any point, meets the old content or the new, never a part; once this
     * returns, the new one survives a loss of power. Missing parent folders are made.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path fresh = beside(file);
        try {
            fill(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(file);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * Makes a file with its content in one step, unless there is one: of several who do so at once, in any process, one does.
     * Missing parent folders are made.
     *
     * @return false if the file was there; it stays as it is
     */
    public static boolean create(Path file, byte[] content) throws IOException {
        Path fresh = beside(file);
        try {
            fill(fresh, content);
            Files.createLink(file, fresh);
            forceFolder(file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static Path beside(Path file) throws IOException {
        Path folder = folder(file.toAbsolutePath().getParent());
        return Files.createTempFile(folder, "." + file.getFileName(), ".new", OWNER_ONLY);
    }

    private static void fill(Path fresh, byte[] content) throws IOException {
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /** Makes what a folder tells of a file last: its name, or what it is a name of. */
    public static void forceFolder(Path file) throws IOException {
        try (FileChannel names = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** A new password of 256 random bits, in characters that every configuration format passes through unchanged. */
    public static String randomPassword() {
        byte[] bits = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
