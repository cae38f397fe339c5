package ai.coreason.enclave.base;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Remembers what was made for the keys that were last asked for, within a bound. A key's value is made once, however many ask for it
 * at the same time; who asks for another key does not wait. What could not be made is not remembered. Thread-safe.
 *
 * @param <V> never null, and immutable where callers share it
 */
public final class Memo<K, V> {
    private final long most;
    private final Map<K, Kept<V>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    /**
     * A memory that is empty.
     *
     * @param most what all that is remembered may weigh together; the value that was asked for last stays even if it weighs more
     */
    public Memo(long most) {
        this.most = most;
    }

    /**
     * The value of a key: the remembered one, or a new one.
     *
     * @param weight what the value weighs, at least 1 and the same each time
     */
    public V get(K key, long weight, Supplier<? extends V> make) {
        Kept<V> mine = kept(key, weight);
        boolean made = false;
        try {
            V value = mine.value(make);
            made = true;
            return value;
        } finally {
            if (!made) {
                forget(key, mine);
            }
        }
    }

    private synchronized Kept<V> kept(K key, long itsWeight) {
        Kept<V> known = kept.get(key);
        if (known != null) {
            return known;
        }
        Kept<V> fresh = new Kept<>(itsWeight);
        kept.put(key, fresh);
        weight += itsWeight;
        for (Iterator<Kept<V>> oldest = kept.values().iterator(); weight > most && kept.size() > 1; ) {
            weight -= oldest.next().weight;
            oldest.remove();
        }
        return fresh;
    }

    private synchronized void forget(K key, Kept<V> mine) {
        if (kept.remove(key, mine)) {
            weight -= mine.weight;
        }
    }

    private static final class Kept<V> {
        private final long weight;
        private V value;

        Kept(long weight) {
            this.weight = weight;
        }

        synchronized V value(Supplier<? extends V> make) {
            if (value == null) {
                value = make.get();
            }
            return value;
        }
    }
}
