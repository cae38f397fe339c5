package ai.coreason.enclave.privacy.dpsgd;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * The sum of one step's clipped gradients, in memory that Java and libtorch share: of single precision for one call; the
 * sums of several are added in double precision, and calls may add to that directly. Double precision takes memory from
 * the first step on that needs it. Not thread-safe.
 */
final class StepSum {
    private static final int BLOCK = Descent.BLOCK;
    private static final float[] ZEROS = new float[BLOCK];
    private static final double[] DOUBLE_ZEROS = new double[BLOCK];

    private final NDManager manager;
    private final FloatBuffer call;
    private final NDArray ofCall;
    private final float[] floats = new float[BLOCK];
    private DoubleBuffer total;
    private NDArray ofTotal;
    private boolean called;
    private boolean added;

    /** @param size the number of trainable weights */
    StepSum(NDManager manager, int size) {
        this.manager = manager;
        ByteBuffer bytes = SharedMemory.of(size, Float.BYTES);
        this.call = bytes.asFloatBuffer();
        this.ofCall = manager.create(bytes, new Shape(size), DataType.FLOAT32);
    }

    /** The number of elements. */
    int size() {
        return call.capacity();
    }

    /** What the next call adds to: nothing yet of this step in single precision, or the step's sum in double precision. */
    NDArray target(boolean inDouble) {
        if (called) {
            collect();
        }
        if (inDouble) {
            added = true;
            requireTotal();
            return ofTotal;
        }
        called = true;
        return ofCall;
    }

    private void requireTotal() {
        if (total == null) {
            ByteBuffer bytes = SharedMemory.of(size(), Double.BYTES);
            total = bytes.asDoubleBuffer();
            ofTotal = manager.create(bytes, new Shape(size()), DataType.FLOAT64);
        }
    }

    /** Moves the last call's sum to the total. */
    private void collect() {
        requireTotal();
        double[] sums = new double[BLOCK];
        for (int from = 0; from < size(); from += BLOCK) {
            int count = Math.min(BLOCK, size() - from);
            takeFloats(from, count);
            total.get(from, sums, 0, count);
            for (int i = 0; i < count; i++) {
                sums[i] += floats[i];
            }
            total.put(from, sums, 0, count);
        }
        called = false;
        added = true;
    }

    private void takeFloats(int from, int count) {
        call.get(from, floats, 0, count);
        call.put(from, ZEROS, 0, count);
    }

    /** Takes a block of the sum out, and leaves zeros; to be called for every block in turn before the next step. */
    void take(int from, double[] block, int count) {
        if (added && called) {
            collect();
        }
        if (added) {
            total.get(from, block, 0, count);
            total.put(from, DOUBLE_ZEROS, 0, count);
        } else {
            takeFloats(from, count);
            for (int i = 0; i < count; i++) {
                block[i] = floats[i];
            }
        }
        if (from + count == size()) {
            called = false;
            added = false;
        }
    }

    /** The sum so far, rounded to single precision; what is written to it counts. */
    FloatBuffer floats() {
        if (added) {
            if (called) {
                collect();
            }
            double[] sums = new double[BLOCK];
            for (int from = 0; from < size(); from += BLOCK) {
                int count = Math.min(BLOCK, size() - from);
                total.get(from, sums, 0, count);
                total.put(from, DOUBLE_ZEROS, 0, count);
                for (int i = 0; i < count; i++) {
                    call.put(from + i, (float) sums[i]);
                }
            }
            added = false;
        }
        called = true;
        return call;
    }
}
