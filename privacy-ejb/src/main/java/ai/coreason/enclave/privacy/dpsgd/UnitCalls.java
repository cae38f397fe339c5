package ai.coreason.enclave.privacy.dpsgd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Divides a step's units over calls of the program. A unit's examples are repeated until they are a power of two (or the most that
 * a unit may have), which the unit alone decides; a call has units of one such width, and is filled up to one of the {@link CallSizes}.
 */
public final class UnitCalls {
    /**
     * One call.
     *
     * @param units the indices of each one's examples
     * @param width examples of each unit with repetitions
     * @param size units with those that only fill the call, which repeat the last one
     */
    public record Call(long[][] units, int width, int size) {
        /** The examples of all units with repetitions, [size * width]. */
        long[] index() {
            long[] out = new long[size * width];
            for (int u = 0; u < size; u++) {
                long[] own = units[Math.min(u, units.length - 1)];
                for (int i = 0; i < width; i++) {
                    out[u * width + i] = own[i < own.length ? i : 0];
                }
            }
            return out;
        }

        /** Each example's part in its unit's loss, 0 for a repetition, [size * width]. */
        float[] parts() {
            float[] out = new float[size * width];
            for (int u = 0; u < size; u++) {
                int own = units[Math.min(u, units.length - 1)].length;
                Arrays.fill(out, u * width, u * width + own, 1f / own);
            }
            return out;
        }

        /** 1 for each unit that counts, 0 for one that only fills the call, [size]. */
        double[] real() {
            double[] out = new double[size];
            Arrays.fill(out, 0, units.length, 1);
            return out;
        }
    }

    private final CallSizes sizes;
    private final int maxRecords;

    /** @param maxRecords most examples of a unit */
    UnitCalls(CallSizes sizes, int maxRecords) {
        this.sizes = sizes;
        this.maxRecords = maxRecords;
    }

    /**
     * The calls of a step.
     *
     * @param units the indices of each one's examples
     * @param most units of one call
     */
    List<Call> of(long[][] units, int most) {
        long[][] ordered = units.clone();
        Arrays.sort(ordered, Comparator.comparingInt(u -> width(u.length)));
        List<Call> calls = new ArrayList<>();
        int to;
        for (int from = 0; from < ordered.length; from = to) {
            int width = width(ordered[from].length);
            to = from;
            while (to < ordered.length && width(ordered[to].length) == width) {
                to++;
            }
            divide(Arrays.copyOfRange(ordered, from, to), width, most, calls);
        }
        return calls;
    }

    private void divide(long[][] units, int width, int most, List<Call> calls) {
        int to;
        for (int from = 0; from < units.length; from = to) {
            int left = units.length - from;
            int parts = (left + most - 1) / most;
            int wanted = (left + parts - 1) / parts;
            int size = sizes.of(wanted, width);
            to = from + Math.min(wanted, size);
            calls.add(new Call(Arrays.copyOfRange(units, from, to), width, size));
        }
    }

    private int width(int records) {
        int power = Integer.highestOneBit(records);
        return Math.min(maxRecords, power == records ? power : 2 * power);
    }
}
