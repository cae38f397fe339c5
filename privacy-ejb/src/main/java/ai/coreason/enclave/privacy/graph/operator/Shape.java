package ai.coreason.enclave.privacy.graph.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The extents of a tensor of one example, outermost first, without the batch dimension; each is at least 1.
 *
 * @param extents copied
 */
public record Shape(List<Long> extents) {
    /** Most elements of one value, and of all values together, for one example. */
    public static final long MAX_ELEMENTS = 1L << 24;

    /** Widest layer: most features or channels. */
    static final long MAX_WIDTH = 1L << 20;

    /**
     * Checks the extents.
     *
     * @throws IllegalArgumentException if an extent is below 1
     */
    public Shape {
        extents = List.copyOf(extents);
        for (long extent : extents) {
            if (extent < 1) {
                throw new IllegalArgumentException("extents: expected every extent >= 1, got " + extents);
            }
        }
    }

    /** A shape given by its extents. */
    public static Shape of(long... extents) {
        return new Shape(Arrays.stream(extents).boxed().toList());
    }

    /** The number of extents. */
    public int rank() {
        return extents.size();
    }

    /** One extent; a negative index counts from the end. */
    public long extent(int index) {
        return extents.get(index < 0 ? index + rank() : index);
    }

    /** The number of elements; {@link Long#MAX_VALUE} where it would not fit. */
    public long size() {
        return sizeOf(0, rank());
    }

    /** The product of the extents in [from, to); {@link Long#MAX_VALUE} where it would not fit. */
    public long sizeOf(int from, int to) {
        long size = 1;
        for (long extent : extents.subList(from, to)) {
            if (size > Long.MAX_VALUE / extent) {
                return Long.MAX_VALUE;
            }
            size *= extent;
        }
        return size;
    }

    /** This shape with one extent replaced; a negative index counts from the end. */
    public Shape with(int index, long extent) {
        List<Long> changed = new ArrayList<>(extents);
        changed.set(index < 0 ? index + rank() : index, extent);
        return new Shape(changed);
    }

    /** The extents in brackets, as in {@code [1, 28, 28]}. */
    @Override
    public String toString() {
        return extents.toString();
    }
}
