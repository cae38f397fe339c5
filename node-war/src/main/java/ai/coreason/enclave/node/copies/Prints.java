package ai.coreason.enclave.node.copies;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fingerprints of one dataset's records, taken twice: without what only names a record or whose it is, so that a copy under
 * other names is found, and with it, so that one is found whose schema says otherwise what names a record. Both are one where
 * nothing names a record.
 *
 * @param bare of the values that name nobody
 * @param whole of all values
 */
record Prints(Sketch bare, Sketch whole) {
    /** Whether there are two views. */
    boolean twofold() {
        return bare != whole;
    }

    /** What it has in common with another where that makes one of the two a copy; the greater of both views. */
    Optional<Overlap> copied(Prints other) {
        return Stream.of(bare.with(other.bare), whole.with(other.whole))
                .filter(Overlap::isCopy)
                .max(java.util.Comparator.comparingLong(Overlap::estimate));
    }
}
