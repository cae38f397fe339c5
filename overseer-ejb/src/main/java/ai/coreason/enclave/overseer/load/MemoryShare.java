package ai.coreason.enclave.overseer.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A share of the heap, given out in bytes to whoever is about to hold them, first come first served. Whoever waits holds nothing. What
 * needs more than all of it gets all of it, and is alone meanwhile. Pure and thread-safe.
 */
public final class MemoryShare {
    /** Bytes that may be held; given back when closed, once. */
    public final class Permit implements AutoCloseable {
        private final long bytes;
        private boolean open = true;

        private Permit(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void close() {
            synchronized (MemoryShare.this) {
                left += open ? bytes : 0;
                open = false;
                MemoryShare.this.notifyAll();
            }
        }
    }

    private final long whole;
    private final int places;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private long left;

    /**
     * @param bytes how large it is, at least 1
     * @param places how many may wait for some of it
     */
    public MemoryShare(long bytes, int places) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes: expected at least 1, got " + bytes);
        }
        this.whole = bytes;
        this.places = places;
        this.left = bytes;
    }

    /** Bytes that nobody holds. */
    public synchronized long left() {
        return left;
    }

    /** Whether somebody waits, as too little is left. */
    public boolean crowded() {
        return waiting() > 0;
    }

    /** How many wait. */
    synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Takes bytes, when it is the caller's turn and enough is left.
     *
     * @param bytes at least 0
     * @param patience the longest wait
     * @return empty if they were not there within that time, or too many wait
     */
    public synchronized Optional<Permit> acquire(long bytes, Duration patience) throws InterruptedException {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: expected at least 0, got " + bytes);
        }
        long need = Math.min(bytes, whole);
        if (waiting.isEmpty() && need <= left) {
            return Optional.of(taken(need));
        }
        if (waiting.size() >= places) {
            return Optional.empty();
        }
        Object own = new Object();
        waiting.add(own);
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (waiting.peek() != own || need > left) {
                long more = end - System.nanoTime();
                if (more <= 0) {
                    return Optional.empty();
                }
                TimeUnit.NANOSECONDS.timedWait(this, more);
            }
            return Optional.of(taken(need));
        } finally {
            waiting.remove(own);
            notifyAll();
        }
    }

    private Permit taken(long bytes) {
        left -= bytes;
        return new Permit(bytes);
    }
}
