package ai.coreason.enclave.privacy.dpsgd;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of units that calls of one program may have on this machine, so that what comes out for a unit depends on that
 * unit alone, to the bit.
 *
 * <p>libtorch's kernels differ by the shapes that they are given: the same example's gradient may be rounded in another way when its
 * call has one example more. With weights of a hostile choice another rounding is another gradient, and then one record
 * would decide what all others of its batch add to the sum.
 *
 * <p>Two causes are known. Element-wise functions compute what does not fill two vector registers, the last numbers of a tensor,
 * by another routine, which is now and then one unit in the last place off; it is so rare that trying does not find it. So sizes are
 * multiples of what two registers hold, with which no tensor has such an end, however many numbers it has for each unit. And
 * oneMKL may multiply a row differently by its place in memory, unless {@code MKL_CBWR} is set. For that, and what is not known, a
 * size is used only once the {@link Check} has shown, for units drawn at random, that it gives for each, wherever it stands, what
 * the smallest gives. Where one does not, calls have the smallest; if not even places in such a call are alike, or memory holds
 * fewer, every call has one unit. Not thread-safe.
 */
final class CallSizes {
    /** What computes something for units that were drawn at random, from a seed that is always the same. */
    interface Check {
        /**
         * The results of one call.
         *
         * @param units their numbers, from 0 to below {@link #DRAWN}, as many as the call's size
         * @param width examples of each
         * @return the same number of results for each unit
         */
        double[] results(int[] units, int width);
    }

    /** Sizes in use are at most this. */
    static final int MOST = 512;

    /** Units that were drawn at random. */
    static final int DRAWN = 64;

    /** The first units of calls of one size: shifts from the smallest calls' places that no vector register divides. */
    private static final int[] ROTATIONS = {1, 22, 43};

    private record Key(int size, int width) {}

    private final Check check;
    private final int examples;
    private final int base;
    private final Map<Key, Boolean> known = new HashMap<>();
    private final Map<Integer, double[]> references = new HashMap<>();
    private boolean told;

    /**
     * The sizes of one program.
     *
     * @param examples most examples of one call, at least 1
     * @param base the least size above 1, which the others are multiples of: {@link #inTwoRegisters}
     */
    CallSizes(Check check, int examples, int base) {
        this.check = check;
        this.examples = examples;
        this.base = base;
    }

    /**
     * Numbers of single precision in two vector registers that libtorch uses at most.
     *
     * @param capability the variable {@code ATEN_CPU_CAPABILITY} of its environment; null where there is none, and libtorch
     *     takes the widest registers that there are
     */
    static int inTwoRegisters(String capability) {
        return "avx2".equals(capability) || "default".equals(capability) ? 16 : 32;
    }

    /** The size of a call for up to so many units of so many examples; it may be smaller. */
    int of(int units, int width) {
        int most = Math.min(MOST, examples / width) / base * base;
        if (most == 0) {
            return 1;
        }
        if (!fits(base, width)) {
            tellOnce();
            return 1;
        }
        int size = Math.min(most, (units + base - 1) / base * base);
        return fits(size, width) ? size : base;
    }

    private void tellOnce() {
        if (!told) {
            told = true;
            System.getLogger(CallSizes.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "units are computed one by one, which is slow: libtorch multiplies the rows of a matrix differently here,"
                                    + " by their places in memory; set MKL_CBWR=AUTO in the environment of this process");
        }
    }

    private boolean fits(int size, int width) {
        Key key = new Key(size, width);
        Boolean answer = known.get(key);
        if (answer == null) {
            answer = alike(size, width);
            known.put(key, answer);
        }
        return answer;
    }

    /** Whether each unit has its reference's results in a call of that size, at several places. */
    private boolean alike(int size, int width) {
        double[] reference = references.computeIfAbsent(width, this::reference);
        int each = reference.length / DRAWN;
        for (int from : ROTATIONS) {
            int[] units = numbers(from, size);
            double[] results = check.results(units, width);
            for (int u = 0; u < size; u++) {
                int at = units[u] * each;
                if (!Arrays.equals(results, u * each, (u + 1) * each, reference, at, at + each)) {
                    return false;
                }
            }
        }
        return true;
    }

    private double[] reference(int width) {
        double[] out = {};
        for (int from = 0; from < DRAWN; from += base) {
            double[] results = check.results(numbers(from, base), width);
            out = from == 0 ? new double[results.length / base * DRAWN] : out;
            System.arraycopy(results, 0, out, results.length / base * from, results.length);
        }
        return out;
    }

    private static int[] numbers(int from, int count) {
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            out[i] = (from + i) % DRAWN;
        }
        return out;
    }
}
