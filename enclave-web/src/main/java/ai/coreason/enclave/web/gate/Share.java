package ai.coreason.enclave.web.gate;

import java.util.HashMap;
import java.util.Map;

/**
 * A pool that calls share, such as the bytes of memory that bodies may take. What one caller holds is at most a third of what is
 * left, so that no caller has more than a quarter of the pool and several together leave something to those who come after
 * them (a dynamic threshold; Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). Thread-safe.
 */
final class Share {
    private static final long PART = 3;

    private final Map<String, Long> held = new HashMap<>();
    private long left;

    Share(long whole) {
        left = whole;
    }

    /** Takes an amount for a caller; false if too little is left, or the caller holds too much of it. */
    synchronized boolean take(String caller, long amount) {
        long after = held.getOrDefault(caller, 0L) + amount;
        if (PART * after > left - amount) {
            return false;
        }
        left -= amount;
        held.put(caller, after);
        return true;
    }

    /** Gives back what a caller took. */
    synchronized void give(String caller, long amount) {
        left += amount;
        held.computeIfPresent(caller, (c, now) -> now == amount ? null : (Long) (now - amount));
    }
}
