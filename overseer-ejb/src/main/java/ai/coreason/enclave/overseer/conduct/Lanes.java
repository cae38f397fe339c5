package ai.coreason.enclave.overseer.conduct;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * A lane for each key: what is done for one key is never done by two threads at once, and no key waits for another as long as there
 * are workers. A signal to a lane that is idle makes it run; one to a lane that runs makes it run once more, however many come. A
 * lane that is idle leaves nothing behind. Thread-safe.
 */
final class Lanes {
    /** What a lane runs. */
    interface Work {
        /**
         * Does what can be done quickly.
         *
         * @return what takes long, to be run in the same lane
         */
        Optional<Runnable> quickly(String key);

        /** Told in the lane that a part of it threw; the lane goes on with the next signal. */
        void failed(String key, Throwable why);
    }

    private enum State {
        RUNNING,
        RUNNING_AND_SIGNALLED
    }

    private final Executor quick;
    private final Executor slow;
    private final Work work;
    private final Map<String, State> lanes = new HashMap<>();

    /**
     * Lanes that are all idle.
     *
     * @param quick runs the quick parts
     * @param slow runs what takes long
     */
    Lanes(Executor quick, Executor slow, Work work) {
        this.quick = quick;
        this.slow = slow;
        this.work = work;
    }

    /**
     * Makes a lane run, now or once more.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the executor takes no more; the lane is then idle
     */
    void signal(String key) {
        synchronized (lanes) {
            if (lanes.containsKey(key)) {
                lanes.put(key, State.RUNNING_AND_SIGNALLED);
                return;
            }
            lanes.put(key, State.RUNNING);
        }
        start(key);
    }

    /** How many lanes are not idle. */
    int busy() {
        synchronized (lanes) {
            return lanes.size();
        }
    }

    private void start(String key) {
        boolean taken = false;
        try {
            quick.execute(() -> runQuickly(key));
            taken = true;
        } finally {
            if (!taken) {
                forget(key);
            }
        }
    }

    private void runQuickly(String key) {
        synchronized (lanes) {
            lanes.put(key, State.RUNNING);
        }
        boolean goesOn = false;
        try {
            Optional<Runnable> rest = work.quickly(key);
            rest.ifPresent(task -> slow.execute(() -> runSlowly(key, task)));
            goesOn = rest.isPresent();
        } catch (RuntimeException | Error e) {
            work.failed(key, e);
        } finally {
            if (!goesOn) {
                end(key);
            }
        }
    }

    private void runSlowly(String key, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            work.failed(key, e);
        } finally {
            end(key);
        }
    }

    private void end(String key) {
        synchronized (lanes) {
            if (lanes.get(key) == State.RUNNING) {
                lanes.remove(key);
                return;
            }
        }
        start(key);
    }

    private void forget(String key) {
        synchronized (lanes) {
            lanes.remove(key);
        }
    }
}
