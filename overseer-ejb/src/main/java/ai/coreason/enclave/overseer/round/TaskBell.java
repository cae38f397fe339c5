package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.stop.StopChanged;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where long polls wait for work: a node's waiters are called when a task may be there for it. A call is a hint; whoever is
 * called looks again. Thread-safe; one process.
 *
 * <p>The bell closes, and calls everyone, as soon as this JVM begins to shut down: a server that stops waits for its open
 * requests before it stops its applications, so their own end would come too late.
 */
@ApplicationScoped
public class TaskBell {
    private final Map<String, Set<Runnable>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private Thread shutdown;

    @PostConstruct
    void watchShutdown() {
        shutdown = new Thread(this::close, "task-bell-close");
        try {
            Runtime.getRuntime().addShutdownHook(shutdown);
        } catch (IllegalStateException shuttingDown) {
            close();
        }
    }

    @PreDestroy
    void end() {
        close();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdown);
        } catch (IllegalStateException shuttingDown) {
            return; // the hook runs, or has run
        }
    }

    /**
     * Calls the waiter once when the node may have work, or when the bell closes.
     *
     * @return false if the bell is closed and nobody may wait
     */
    public boolean await(String nodeId, Runnable waiter) {
        waiting.computeIfAbsent(nodeId, n -> ConcurrentHashMap.newKeySet()).add(waiter);
        if (closed) {
            forget(nodeId, waiter);
        }
        return !closed;
    }

    /** Forgets a waiter. */
    public void forget(String nodeId, Runnable waiter) {
        waiting.computeIfPresent(nodeId, (n, all) -> {
            all.remove(waiter);
            return all.isEmpty() ? null : all;
        });
    }

    /** Calls a node's waiters. */
    public void ring(String nodeId) {
        Set<Runnable> all = waiting.remove(nodeId);
        if (all != null) {
            all.forEach(Runnable::run);
        }
    }

    /** Calls every waiter, as something was stopped or goes on. */
    public void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) StopChanged order) {
        ringAll();
    }

    private void ringAll() {
        List.copyOf(waiting.keySet()).forEach(this::ring);
    }

    /** Whether this Overseer is stopping and hands out no more tasks. */
    public boolean closed() {
        return closed;
    }

    /** Calls every waiter and lets nobody wait any more. */
    void close() {
        closed = true;
        ringAll();
    }
}
