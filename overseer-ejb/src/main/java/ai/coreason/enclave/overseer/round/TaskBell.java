package ai.coreason.enclave.overseer.round;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where long polls wait for work: a node's waiters are called when a task may be there for it. A call is a hint; whoever is
 * called looks again. Thread-safe; one process.
 */
@ApplicationScoped
public class TaskBell {
    private final Map<String, Set<Runnable>> waiting = new ConcurrentHashMap<>();

    /** Calls the waiter once when the node may have work. */
    public void await(String nodeId, Runnable waiter) {
        waiting.computeIfAbsent(nodeId, n -> ConcurrentHashMap.newKeySet()).add(waiter);
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
}
