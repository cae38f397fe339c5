package ai.coreason.enclave.sentry;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What judging one hostile input may cost: 64 MiB allocated and ten seconds of processor time. Allocation is counted whole,
 * also what is free again, so it bounds what was live. The ten seconds are some thousand times what evidence takes; an end
 * that never comes is for the test's own time-out to find.
 */
public final class Bounds {
    /** The most that may be allocated, bytes. */
    public static final long MOST_BYTES = 64L << 20;

    private static final long MOST_NANOS = 10_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What is done with an input. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. */
        T run() throws Exception;
    }

    private Bounds() {}

    /**
     * Does what may fail in no way and stays within both bounds.
     *
     * @param which names the input in failures
     */
    public static <T> T within(String which, Work<T> work) {
        long nanos = THREADS.getCurrentThreadCpuTime();
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        T out;
        try {
            out = work.run();
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(which + ": a failure that is no refusal", e);
        }
        bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        if (bytes > MOST_BYTES) {
            throw new AssertionError(which + ": " + bytes + " bytes allocated, over " + MOST_BYTES);
        }
        nanos = THREADS.getCurrentThreadCpuTime() - nanos;
        if (nanos > MOST_NANOS) {
            throw new AssertionError(which + ": " + nanos + " ns of processor time, over " + MOST_NANOS);
        }
        return out;
    }
}
