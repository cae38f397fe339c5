package ai.coreason.enclave.privacy.graph.operator;

/** A source of independent, uniformly distributed bits. */
@FunctionalInterface
public interface RandomBits {
    /** The next 64 bits. */
    long next();

    /** The next words, into every element of an array. */
    default void next(long[] words) {
        for (int i = 0; i < words.length; i++) {
            words[i] = next();
        }
    }

    /** A multiple of 2^-53, uniform on [0, 1). */
    default double unit() {
        return (next() >>> 11) * 0x1p-53;
    }
}
