package ai.coreason.enclave.web.gate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets a few pieces of work run at a time; further ones wait in order of arrival without a thread, and more than fit are turned
 * away. Thread-safe.
 */
final class Lane {
    private final int running;
    private final int waiting;
    private final Deque<Runnable> queue = new ArrayDeque<>();
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
     * @param start begins the work and does not wait for its end
     * @return false if too many wait; it is then never started
     */
    boolean enter(Runnable start) {
        synchronized (this) {
            if (now == running) {
                return queue.size() < waiting && queue.add(start);
            }
            now++;
        }
        start.run();
        return true;
    }

    /** Takes back work that has not been started; false if it has. */
    synchronized boolean leave(Runnable start) {
        return queue.remove(start);
    }

    /** Notes that a piece of work has ended, and starts the next. */
    void done() {
        Runnable next;
        synchronized (this) {
            next = queue.poll();
            if (next == null) {
                now--;
                return;
            }
        }
        next.run();
    }
}
