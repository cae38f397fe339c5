package ai.coreason.enclave.web.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often callers that nobody knows may call: a token bucket for each address and one for all. Addresses that have not called
 * for longest are forgotten first; one that is forgotten begins anew, which the bucket for all bounds. Thread-safe.
 */
final class CallRate {
    private static final int ADDRESSES = 10_000;
    private static final double NANOS = 1e9;

    private final LongSupplier clock;
    private final Limit each;
    private final Bucket all;
    private final Map<String, Bucket> addresses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > ADDRESSES;
        }
    };

    /**
     * A limit.
     *
     * @param perSecond calls a second in the long run
     * @param burst calls at once after a pause
     */
    record Limit(double perSecond, double burst) {}

    private static final class Bucket {
        private final Limit limit;
        private double calls;
        private long at;

        Bucket(Limit limit, long now) {
            this.limit = limit;
            this.calls = limit.burst();
            this.at = now;
        }

        void fill(long now) {
            calls = Math.min(limit.burst(), calls + (now - at) / NANOS * limit.perSecond());
            at = now;
        }
    }

    /** @param clock nanoseconds */
    CallRate(Limit each, Limit all, LongSupplier clock) {
        this.clock = clock;
        this.each = each;
        this.all = new Bucket(all, clock.getAsLong());
    }

    /** Whether an address may call now; a call that may not costs nothing. */
    synchronized boolean allows(String address) {
        long now = clock.getAsLong();
        Bucket own = addresses.computeIfAbsent(address, a -> new Bucket(each, now));
        own.fill(now);
        all.fill(now);
        if (own.calls < 1 || all.calls < 1) {
            return false;
        }
        own.calls--;
        all.calls--;
        return true;
    }
}
