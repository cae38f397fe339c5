package ai.coreason.enclave.node.copies;

/**
 * Fingerprints of a dataset's records: all distinct ones, or where these are too many the smallest. As fingerprints are
 * spread evenly, those below a threshold are a sample of the records that is drawn alike from every dataset. Immutable;
 * {@link #toString()} shows none.
 */
final class Sketch {
    private final long[] sorted;
    private final boolean complete;

    /**
     * @param sorted the fingerprints, strictly ascending; owned by the sketch from now on
     * @param complete whether none was left out
     * @throws IllegalArgumentException if they do not ascend, or some were left out and none is there
     */
    Sketch(long[] sorted, boolean complete) {
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i - 1] >= sorted[i]) {
                throw new IllegalArgumentException("expected fingerprints that ascend, got others");
            }
        }
        if (!complete && sorted.length == 0) {
            throw new IllegalArgumentException("expected the smallest fingerprints, got none");
        }
        this.sorted = sorted;
        this.complete = complete;
    }

    int count() {
        return sorted.length;
    }

    long at(int index) {
        return sorted[index];
    }

    boolean complete() {
        return complete;
    }

    /** What it has in common with another: counted below the lower of the two thresholds, where both have all there is. */
    Overlap with(Sketch other) {
        long threshold = Math.min(threshold(), other.threshold());
        int here = 0;
        int there = 0;
        int shared = 0;
        while (here < sorted.length
                && there < other.sorted.length
                && Math.max(sorted[here], other.sorted[there]) <= threshold) {
            int order = Long.compare(sorted[here], other.sorted[there]);
            shared += order == 0 ? 1 : 0;
            here += order <= 0 ? 1 : 0;
            there += order >= 0 ? 1 : 0;
        }
        double sampled = (threshold - (double) Long.MIN_VALUE + 1) / 0x1p64;
        return new Overlap(Math.min(upTo(threshold), other.upTo(threshold)), shared, Math.min(1, sampled));
    }

    /** Of the fingerprints up to this one, none was left out. */
    private long threshold() {
        return complete ? Long.MAX_VALUE : sorted[sorted.length - 1];
    }

    private int upTo(long threshold) {
        int found = java.util.Arrays.binarySearch(sorted, threshold);
        return found < 0 ? -found - 1 : found + 1;
    }

    @Override
    public String toString() {
        return "Sketch[REDACTED]";
    }
}
