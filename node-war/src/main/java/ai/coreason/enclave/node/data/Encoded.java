package ai.coreason.enclave.node.data;

import ai.coreason.enclave.privacy.dpsgd.Examples;

/**
 * Encoded records, row-major: either {@code targets} or {@code classes} is there. {@link #toString()} shows none.
 *
 * @param shape the shape of one input
 * @param x inputs, count times the shape
 * @param targets numbers to predict, count times the output; null where there are classes
 * @param classes classes to predict, one a record; null where there are numbers
 */
record Encoded(long[] shape, float[] x, float[] targets, long[] classes) {
    Examples examples() {
        return classes == null ? Examples.of(shape, x, targets) : Examples.of(shape, x, classes);
    }

    @Override
    public String toString() {
        return "Encoded[REDACTED]";
    }
}
