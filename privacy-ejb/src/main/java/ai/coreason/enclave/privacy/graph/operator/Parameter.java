package ai.coreason.enclave.privacy.graph.operator;

import java.util.List;

/**
 * One parameter of an operator.
 *
 * @param name within the node, as PyTorch's module names it: {@code weight}
 * @param shape laid out as in PyTorch
 * @param initial what PyTorch's module draws it from when it is new
 */
public record Parameter(String name, Shape shape, Distribution initial) {
    /** A weight, and where wanted a bias of one number per output; the weight's first side counts the outputs. */
    static List<Parameter> weightAndBias(Shape weight, boolean bias, Distribution initial) {
        Parameter first = new Parameter("weight", weight, initial);
        return bias ? List.of(first, new Parameter("bias", Shape.of(weight.extent(0)), initial)) : List.of(first);
    }
}
