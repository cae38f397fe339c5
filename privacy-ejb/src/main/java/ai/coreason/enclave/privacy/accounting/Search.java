package ai.coreason.enclave.privacy.accounting;

import java.util.function.DoublePredicate;
import java.util.function.LongPredicate;

/** Searches over monotone conditions, shared by the accountants. What they return has been seen to hold. */
final class Search {
    private static final double RELATIVE_TOLERANCE = 1e-6;

    private Search() {}

    /** The largest n in [0, atMost] that holds, where holding for n means holding for less; 0 needs no proof. */
    static long largest(long atMost, LongPredicate holds) {
        long low = 0;
        long high = 1;
        while (high <= atMost && holds.test(high)) {
            low = high;
            high = high > atMost / 2 && high < atMost ? atMost : high <= atMost / 2 ? 2 * high : Long.MAX_VALUE;
        }
        if (low == atMost) {
            return low;
        }
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (holds.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * The least noise that holds, to a relative 1e-6 from above, where holding for σ means holding for more.
     *
     * @param floor the answer where even this noise holds
     */
    static double leastNoise(double floor, DoublePredicate holds) {
        double high = 1;
        while (!holds.test(high)) {
            high *= 2;
        }
        double low = high / 2;
        while (low > floor && holds.test(low)) {
            high = low;
            low /= 2;
        }
        if (low <= floor) {
            if (holds.test(floor)) {
                return floor;
            }
            low = floor;
        }
        while (high / low > 1 + RELATIVE_TOLERANCE) {
            double middle = Math.sqrt(low * high);
            if (holds.test(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }
}
