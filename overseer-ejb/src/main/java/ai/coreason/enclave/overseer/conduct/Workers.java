package ai.coreason.enclave.overseer.conduct;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * A bounded share of an executor: runs at most so many of its tasks at a time, and the others in the order in which they came. A
 * worker that has nothing left to do goes back to the executor. Thread-safe.
 */
final class Workers implements Executor {
    private static final Logger LOG = System.getLogger(Workers.class.getName());

    private final Executor executor;
    private final int most;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int working;

    /**
     * A share of an executor, which may itself be a share.
     *
     * @param most how many workers, at least 1
     */
    Workers(Executor executor, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most: expected at least 1 worker, got " + most);
        }
        this.executor = executor;
        this.most = most;
    }

    /**
     * Runs a task when a worker is free.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the executor takes no more; the task is then not run
     */
    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (working == most) {
                waiting.add(task);
                return;
            }
            working++;
        }
        boolean taken = false;
        try {
            executor.execute(() -> work(task));
            taken = true;
        } finally {
            if (!taken) {
                done();
            }
        }
    }

    private void work(Runnable first) {
        for (Optional<Runnable> task = Optional.of(first); task.isPresent(); task = next()) {
            try {
                task.get().run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "worker.task.failed", e);
            }
        }
    }

    private synchronized Optional<Runnable> next() {
        Runnable task = waiting.poll();
        if (task == null) {
            working--;
        }
        return Optional.ofNullable(task);
    }

    private synchronized void done() {
        working--;
    }
}
