package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.graph.operator.Operator;
import java.util.List;

/**
 * One step of a model.
 *
 * @param name unique in its graph
 * @param operator what it computes
 * @param inputs the names of the values it takes, in order
 * @param trainable whether training changes its parameters
 */
public record Node(String name, Operator operator, List<String> inputs, boolean trainable) {
    /** Copies the list. */
    public Node {
        inputs = List.copyOf(inputs);
    }

    /** The parameters under their full names. */
    public List<ParameterSpec> parameters() {
        return operator.parameters().stream()
                .map(p -> new ParameterSpec(name + "." + p.name(), p.shape().extents(), trainable))
                .toList();
    }
}
