package ai.coreason.enclave.web.gate;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A body of any length that must keep coming: after a while of grace, at a least rate on average since it began. */
final class LeastRate extends ServletInputStream {
    /** Before this nothing is asked of a sender. */
    static final Duration GRACE = Duration.ofSeconds(30);
    /** Bytes a second: a link of 16 kbit/s passes. */
    static final long BYTES_PER_SECOND = 2000;

    private static final double NANOS = 1e9;

    private final ServletInputStream body;
    private final LongSupplier clock;
    private final long begun;
    private long bytes;

    /** @param clock nanoseconds */
    LeastRate(ServletInputStream body, LongSupplier clock) {
        this.body = body;
        this.clock = clock;
        this.begun = clock.getAsLong();
    }

    @Override
    public int read() throws IOException {
        return counted(body.read(), 1);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = body.read(into, offset, length);
        return counted(read, read);
    }

    private int counted(int result, int came) throws IOException {
        if (result < 0) {
            return result;
        }
        bytes += came;
        long since = clock.getAsLong() - begun;
        if (since > GRACE.toNanos() && bytes < since / NANOS * BYTES_PER_SECOND) {
            throw new IOException("body: expected at least " + BYTES_PER_SECOND + " bytes a second, got fewer");
        }
        return result;
    }

    @Override
    public boolean isFinished() {
        return body.isFinished();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        body.setReadListener(listener);
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
