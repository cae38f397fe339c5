package ai.coreason.enclave.privacy.graph;

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
}
