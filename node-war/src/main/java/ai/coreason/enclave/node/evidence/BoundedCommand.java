package ai.coreason.enclave.node.evidence;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program that is run for what it prints: without a shell or input, for a limited time, with a limited output. What it
 * prints is not in an error, nor what it writes to its error stream, which is thrown away.
 */
final class BoundedCommand {
    /** Most bytes of output. */
    static final int MAX_OUTPUT = 256 << 10;

    private final List<String> words;
    private final Duration limit;

    BoundedCommand(List<String> words, Duration limit) {
        this.words = words;
        this.limit = limit;
    }

    /**
     * Runs it.
     *
     * @return its output, at most 262,144 bytes
     * @throws IOException naming the program, if it cannot be run, fails, takes too long or prints too much
     */
    byte[] output() throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException(words.get(0) + ": expected a program that can be run, got " + e.getMessage(), e);
        }
        try {
            return finished(process);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private byte[] finished(Process process) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        InputStream out = process.getInputStream();
        FutureTask<byte[]> read = new FutureTask<>(() -> out.readNBytes(MAX_OUTPUT + 1));
        Thread reader = new Thread(read, "command-output");
        reader.setDaemon(true);
        reader.start();
        try {
            byte[] output = read.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (output.length > MAX_OUTPUT) {
                throw wrong("at most " + MAX_OUTPUT + " bytes of output", "more");
            }
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw overdue();
            }
            if (process.exitValue() != 0) {
                throw wrong("exit code 0", Integer.toString(process.exitValue()));
            }
            return output;
        } catch (TimeoutException e) {
            throw overdue();
        } catch (ExecutionException e) {
            throw wrong("output that can be read", String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw wrong("an end", "an interruption");
        }
    }

    private IOException overdue() {
        return wrong("an end within " + limit.toMillis() + " ms", "none");
    }

    private IOException wrong(String expected, String came) {
        return new IOException(words.get(0) + ": expected " + expected + ", got " + came);
    }
}
