package ai.coreason.enclave.node.copies;

/**
 * How many records two datasets share, by a sample of both.
 *
 * @param smaller how many of the sample the smaller of the two has
 * @param shared how many of the sample both have
 * @param sampled the part of all records that is in the sample, in (0, 1]; 1 unless one of the two has more records than a
 *     sketch holds
 */
record Overlap(int smaller, int shared, double sampled) {
    /** Fewer records than this may be alike by chance. */
    private static final int LEAST = 3;

    /**
     * The share of the smaller dataset that makes a copy. What has to be found is a tenth of its units. Units differ in how
     * many records they have, and a sample adds an error of its own, of 0.03 where it has 100 records of the smaller one;
     * so the cut is half of that.
     */
    private static final double SHARE = 0.05;

    /** Whether one holds records of the other. */
    boolean isCopy() {
        return shared > 0 && estimate() >= LEAST && shared >= SHARE * smaller;
    }

    /** About how many records they share. */
    long estimate() {
        return Math.round(shared / sampled);
    }
}
