package ai.coreason.enclave.privacy.graph.operator;

import java.util.Optional;

/** The form of the gradients of single examples to a parameter, in terms of variables of a {@link Tape}. */
public sealed interface PerSampleGradient {
    /**
     * A weight [groups * rows, columns] that multiplies vectors: the gradient of an example is the sum over positions of
     * outer products of the gradient at the output and the input there (Goodfellow 2015, equation 4). That of the bias is
     * the sum of the gradients at the output.
     *
     * @param weight the weight's name; its further dimensions, if any, are flattened into columns
     * @param bias the bias's name, if the node has one
     * @param outputs variable of the gradients at the output: [batch, rows] if groups and positions are both 1, else
     *     [batch * groups, rows, positions]
     * @param inputs variable of the inputs: [batch, columns], or [batch * groups, columns, positions]
     * @param groups parts of the channels that are mapped each on its own
     * @param rows outputs of one group
     * @param columns inputs of one group
     * @param positions places where the same weight is used
     */
    record OuterProducts(
            String weight,
            Optional<String> bias,
            String outputs,
            String inputs,
            long groups,
            long rows,
            long columns,
            long positions)
            implements PerSampleGradient {
        /** Elements of a gradient that fits into the processor's cache. */
        private static final long SMALL = 1 << 14;

        /**
         * Whether the gradient of each example is formed, as it is small, or no larger than the two Gram matrices over
         * positions that give its norm without it (Li et al. 2022, section 4). A small one is formed even so, since the sum
         * of formed ones costs no second product.
         */
        public boolean formed() {
            return formed(groups, rows, columns, positions);
        }

        private static boolean formed(long groups, long rows, long columns, long positions) {
            return groups > 1 || rows * columns <= Math.max(SMALL, 2 * positions * positions);
        }

        /** About how many floats one example takes: inputs and gradients by position, and what gives the norm. */
        static long floats(long groups, long rows, long columns, long positions) {
            long vectors = 2 * groups * (rows + columns) * positions;
            if (groups * positions == 1) {
                return vectors;
            }
            return vectors
                    + (formed(groups, rows, columns, positions) ? groups * rows * columns : 6 * positions * positions);
        }
    }

    /**
     * A table of which an example uses some rows, each at one or more positions: the gradient of a row is the sum of the
     * gradients at the positions that use it, and most rows have none.
     *
     * @param parameter the table's name
     * @param indices variable of the rows used, [batch, positions]
     * @param gradients variable of the gradients at the positions, [batch, positions, width]
     * @param rows of the table
     * @param width of a row
     * @param positions of an example
     */
    record TableRows(String parameter, String indices, String gradients, long rows, long width, long positions)
            implements PerSampleGradient {}

    /**
     * A parameter whose gradient is at hand for every example.
     *
     * @param parameter the parameter's name
     * @param gradient variable of the gradients, [batch, size]
     * @param size the number of elements
     */
    record Formed(String parameter, String gradient, long size) implements PerSampleGradient {}
}
