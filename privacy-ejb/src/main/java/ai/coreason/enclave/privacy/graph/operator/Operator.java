package ai.coreason.enclave.privacy.graph.operator;

import java.util.List;

/**
 * What one node computes: PyTorch's module or function of the same name, with its attributes and input shapes fixed.
 * An operator treats every example of a batch on its own. Immutable.
 */
public interface Operator {
    /** The shape of the result for one example. */
    Shape output();

    /** The parameters in the order of PyTorch's {@code state_dict}; none by default. */
    default List<Parameter> parameters() {
        return List.of();
    }

    /** How many floats one example takes in memory beyond the values: patches and gradients of its own; 0 by default. */
    default long floatsPerExample() {
        return 0;
    }

    /**
     * Writes the computation for a batch.
     *
     * @param inputs the variables that hold the operands, in order, each [batch, shape of the operand]
     * @return the variable that holds the result, [batch, {@link #output()}]
     */
    String write(Tape tape, List<String> inputs);
}
