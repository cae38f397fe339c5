package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.operator.RandomBits;
import java.util.Arrays;

/**
 * Which examples belong to which privacy unit, such as a patient, and how many of them one step may use. Immutable.
 * {@code toString} shows nothing of them.
 *
 * <p>A unit with more than k examples enters each step with k that are drawn anew, uniformly and without replacement. That
 * costs no privacy: whichever k they are, the unit's gradient is clipped once, and the draws of one unit are independent of
 * the presence of another; a mixture of mechanisms of sensitivity C has sensitivity C. In exchange every record is used in
 * time, and none by its place in a file.
 */
final class Units {
    private final int maxRecords;
    private final int[] first;
    private final int[] members;

    /**
     * Groups examples.
     *
     * @param unitOfExample for each example the number of its unit, from 0; numbers without an example are no units
     * @param maxRecords k, at least 1
     */
    Units(int[] unitOfExample, int maxRecords) {
        if (maxRecords < 1) {
            throw new IllegalArgumentException("max_records: expected at least 1, got " + maxRecords);
        }
        if (Arrays.stream(unitOfExample).anyMatch(u -> u < 0)) {
            throw new IllegalArgumentException("unit: expected numbers from 0, got a negative one");
        }
        this.maxRecords = maxRecords;
        int[] numbers = Arrays.stream(unitOfExample).distinct().sorted().toArray();
        int[] unit = Arrays.stream(unitOfExample)
                .map(u -> Arrays.binarySearch(numbers, u))
                .toArray();
        this.first = new int[numbers.length + 1];
        for (int u : unit) {
            first[u + 1]++;
        }
        Arrays.parallelPrefix(first, Integer::sum);
        this.members = new int[unit.length];
        int[] next = first.clone();
        for (int i = 0; i < unit.length; i++) {
            members[next[unit[i]]++] = i;
        }
    }

    /** The number of units; each has an example. */
    int count() {
        return first.length - 1;
    }

    /** k, the most examples of one unit in one step. */
    int maxRecords() {
        return maxRecords;
    }

    /** The indices of the examples with which a unit enters a step: all, or k of them at random. */
    long[] records(int unit, RandomBits bits) {
        int[] own = Arrays.copyOfRange(members, first[unit], first[unit + 1]);
        int taken = Math.min(maxRecords, own.length);
        for (int i = 0; i < taken && taken < own.length; i++) {
            int j = i + below(own.length - i, bits);
            int swap = own[i];
            own[i] = own[j];
            own[j] = swap;
        }
        return Arrays.stream(own, 0, taken).asLongStream().toArray();
    }

    /** Uniform on [0, n), without bias. */
    private static int below(int n, RandomBits bits) {
        long bound = Long.MAX_VALUE / n * n;
        long word = bits.next() >>> 1;
        while (word >= bound) {
            word = bits.next() >>> 1;
        }
        return (int) (word % n);
    }
}
