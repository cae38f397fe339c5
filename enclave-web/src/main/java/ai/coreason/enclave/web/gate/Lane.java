package ai.coreason.enclave.web.gate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets a few pieces of work run at a time; further ones wait in order of arrival without a thread, and more than fit are turned
 * away, as are more than a quarter of the places to wait for one caller. Thread-safe.
 */
final class Lane {
    private static final int PART = 4;

    private record Waiting(String caller, Runnable start) {}

    private final int running;
    private final int waiting;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int now;

    /**
     * @param running most pieces that run at a time
     * @param waiting most pieces that wait
     */
    Lane(int running, int waiting) {
        this.running = running;
        this.waiting = waiting;
    }

    /**
     * Starts work now or when its turn comes; {@link #done} must follow its end.
     *
     * @param caller whose work it is
     * @param start begins the work and does not wait for its end
     * @return false if too many wait, or too many of this caller; it is then never started
     */
    boolean enter(String caller, Runnable start) {
        synchronized (this) {
            if (now == running) {
                return queue.size() < waiting && hasPlace(caller) && queue.add(new Waiting(caller, start));
            }
            now++;
        }
        start.run();
        return true;
    }

    /** Takes back work that has not been started; false if it has. */
    synchronized boolean leave(Runnable start) {
        return queue.removeIf(w -> w.start() == start);
    }

    private boolean hasPlace(String caller) {
        return queue.stream().filter(w -> w.caller().equals(caller)).count() < Math.max(1, waiting / PART);
    }

    /** Notes that a piece of work has ended, and starts the next. */
    void done() {
        Waiting next;
        synchronized (this) {
            next = queue.poll();
            if (next == null) {
                now--;
                return;
            }
        }
        next.start().run();
    }
}
