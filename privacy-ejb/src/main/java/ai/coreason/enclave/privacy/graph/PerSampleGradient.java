package ai.coreason.enclave.privacy.graph;

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
            implements PerSampleGradient {}
}
