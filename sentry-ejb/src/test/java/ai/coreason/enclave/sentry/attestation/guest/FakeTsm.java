package ai.coreason.enclave.sentry.attestation.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * A folder that answers as configfs-tsm does, with named pipes for the files that an exchange goes through. Serves one
 * exchange after the other on a thread of its own until it is closed; another process may be the guest.
 */
public final class FakeTsm implements AutoCloseable {
    private static final int ASKED = 65;

    private final Path entry;
    private final Path inblob;
    private final Path outblob;
    private final Function<byte[], byte[]> quote;
    private final IntSupplier others;
    private final Thread server;
    private volatile boolean closed;
    private volatile int generation;

    /**
     * Makes the entry and serves it.
     *
     * @param folder stands for {@code /sys/kernel/config/tsm/report}
     * @param provider such as {@code sev_guest}
     * @param quote from the report data to what {@code outblob} gives
     * @param auxblob the certificates beside it; of no bytes for none
     */
    public FakeTsm(Path folder, String provider, Function<byte[], byte[]> quote, byte[] auxblob) throws IOException {
        this(folder, provider, quote, auxblob, () -> 0);
    }

    /** @param others how often somebody else writes during an exchange */
    FakeTsm(Path folder, String provider, Function<byte[], byte[]> quote, byte[] auxblob, IntSupplier others)
            throws IOException {
        this.quote = quote;
        this.others = others;
        entry = Files.createDirectories(folder.resolve("coreason"));
        inblob = pipe(entry.resolve("inblob"));
        outblob = pipe(entry.resolve("outblob"));
        Files.writeString(entry.resolve("provider"), provider + "\n");
        Files.writeString(entry.resolve("generation"), generation + "\n");
        Files.write(entry.resolve("auxblob"), auxblob);
        server = new Thread(this::serve, "fake-tsm");
        server.setDaemon(true);
        server.start();
    }

    /** How often the entry was written to. */
    public int generation() {
        return generation;
    }

    /** A named pipe. */
    static Path pipe(Path file) throws IOException {
        try {
            Process process = new ProcessBuilder(List.of("mkfifo", file.toString()))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IOException(said);
            }
            return file;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void serve() {
        while (!closed) {
            try {
                answer(take());
            } catch (IOException e) {
                // The guest went away in the middle; the next may come.
            }
        }
    }

    private byte[] take() throws IOException {
        ByteBuffer asked = ByteBuffer.allocate(ASKED);
        try (FileChannel in = FileChannel.open(inblob, StandardOpenOption.READ)) {
            int more = 0;
            while (more >= 0 && asked.hasRemaining()) {
                more = in.read(asked);
            }
        }
        return Arrays.copyOf(asked.array(), asked.position());
    }

    private void answer(byte[] reportData) throws IOException {
        if (closed || reportData.length == 0) {
            return;
        }
        byte[] answer = quote.apply(reportData);
        generation += 1 + others.getAsInt();
        Files.writeString(entry.resolve("generation"), generation + "\n");
        try (FileChannel out = FileChannel.open(outblob, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(answer);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
        }
    }

    /** Ends the thread: whoever opens a pipe for both ways lets go whoever waits for its other end. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            while (server.isAlive()) {
                for (Path pipe : List.of(inblob, outblob)) {
                    FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)
                            .close();
                }
                TimeUnit.MILLISECONDS.timedJoin(server, 20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
