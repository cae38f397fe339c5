package ai.coreason.enclave.node.copies;

import java.util.Arrays;

/**
 * The smallest of the distinct numbers that it is given, at most so many: a sample of them that is the same whatever their
 * order, and of which two can be compared (a bottom-k sketch). Not thread-safe.
 *
 * <p>Cohen and Kaplan 2007, Summarizing Data Using Bottom-k Sketches.
 */
final class Smallest {
    private final int most;
    private long[] kept;
    private int count;
    private boolean complete = true;
    /** Where numbers were left out, none above this is kept. */
    private long bound = Long.MAX_VALUE;

    /** @param most how many are kept, at least 1 */
    Smallest(int most) {
        this.most = most;
        this.kept = new long[Math.min(2 * most, 1024)];
    }

    void add(long number) {
        if (number > bound) {
            return;
        }
        if (count == kept.length) {
            squeeze();
            if (2 * count > kept.length && kept.length < 2 * most) {
                kept = Arrays.copyOf(kept, Math.min(2 * most, 2 * kept.length));
            }
        }
        kept[count++] = number;
    }

    /** What was given so far. */
    Sketch sketch() {
        squeeze();
        return new Sketch(Arrays.copyOf(kept, count), complete);
    }

    private void squeeze() {
        Arrays.sort(kept, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || kept[i] != kept[i - 1]) {
                kept[distinct++] = kept[i];
            }
        }
        count = distinct;
        if (count > most) {
            count = most;
            complete = false;
        }
        if (!complete) {
            bound = kept[count - 1];
        }
    }
}
