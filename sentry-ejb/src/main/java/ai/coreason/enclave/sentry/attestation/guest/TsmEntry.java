package ai.coreason.enclave.sentry.attestation.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;

/**
 * One entry of configfs-tsm: a folder whose files are the kernel's. Every error names the file. Used by one thread at a
 * time; {@link #current()} may be asked by any.
 */
final class TsmEntry {
    private static final int TEXT = 256;

    private final Path folder;
    private volatile Path current;

    TsmEntry(Path folder) {
        this.folder = folder;
        this.current = folder;
    }

    /** Somebody else used the entry in between, or the kernel could not answer now: the exchange may be repeated. */
    static final class Disturbed extends IOException {
        private static final long serialVersionUID = 1L;

        Disturbed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Makes the entry unless it is there. */
    void open() throws IOException {
        current = folder;
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new IOException(folder + ": expected a folder, got a file", e);
            }
        } catch (IOException e) {
            throw new IOException(folder + ": expected a folder that can be made there, got " + reason(e), e);
        }
    }

    /** The file that is being read or written, or was last. */
    Path current() {
        return current;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    boolean has(String name) {
        return Files.exists(file(name));
    }

    /** A short text without the white space around it. */
    String text(String name) throws IOException {
        return new String(read(name, TEXT), StandardCharsets.US_ASCII).strip();
    }

    /** How often the entry was written to. */
    long generation() throws IOException {
        String text = text("generation");
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw unexpected("generation", "a whole number", text);
        }
    }

    void requireGeneration(long expected) throws IOException {
        long came = generation();
        if (came != expected) {
            throw new Disturbed(
                    file("generation") + ": expected " + Long.toUnsignedString(expected) + ", got "
                            + Long.toUnsignedString(came) + ": others write to this entry",
                    null);
        }
    }

    /**
     * Asks for a report of the most privileged level: 0, or as low as {@code privlevel_floor} lets.
     *
     * @return whether the entry can be asked, and was
     */
    boolean lowerPrivilege() throws IOException {
        if (!Files.isWritable(file("privlevel"))) {
            return false;
        }
        String floor = has("privlevel_floor") ? text("privlevel_floor") : "0";
        if (!floor.matches("[0-3]")) {
            throw unexpected("privlevel_floor", "a level in [0, 3]", floor);
        }
        write("privlevel", floor.getBytes(StandardCharsets.US_ASCII));
        return true;
    }

    /** Hands the bytes over in one piece to a file that is there. */
    void write(String name, byte[] bytes) throws IOException {
        current = file(name);
        try (FileChannel out = FileChannel.open(current, StandardOpenOption.WRITE)) {
            int taken = out.write(ByteBuffer.wrap(bytes));
            if (taken != bytes.length) {
                throw unexpected(name, bytes.length + " bytes to be taken", taken + " bytes");
            }
        } catch (IOException e) {
            throw told(name, "a file that can be written", e);
        }
    }

    /** All that the file gives. */
    byte[] read(String name, int most) throws IOException {
        current = file(name);
        ByteBuffer into = ByteBuffer.allocate(most + 1);
        try (FileChannel in = FileChannel.open(current, StandardOpenOption.READ)) {
            int more = 0;
            while (more >= 0 && into.hasRemaining()) {
                more = in.read(into);
            }
        } catch (IOException e) {
            throw told(name, "a file that can be read", e);
        }
        if (!into.hasRemaining()) {
            throw unexpected(name, "at most " + most + " bytes", "more");
        }
        return Arrays.copyOf(into.array(), into.position());
    }

    IOException unexpected(String name, String expected, String came) {
        return new IOException(file(name) + ": expected " + expected + ", got " + came);
    }

    /** Nothing came in time. */
    IOException overdue(Duration limit) {
        return new IOException(current + ": expected an answer within " + limit.toMillis() + " ms, got none");
    }

    /** The kernel says by other errors than these two that it is busy, or that a report was overtaken. */
    private IOException told(String name, String expected, IOException e) {
        if (e instanceof NoSuchFileException) {
            return unexpected(name, expected, "none");
        }
        String message = unexpected(name, expected, reason(e)).getMessage();
        return e instanceof AccessDeniedException ? new IOException(message, e) : new Disturbed(message, e);
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason != null && !reason.isEmpty() ? reason : e.getClass().getSimpleName();
    }
}
