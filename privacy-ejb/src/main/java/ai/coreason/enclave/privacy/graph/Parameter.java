package ai.coreason.enclave.privacy.graph;

/**
 * One parameter of an operator.
 *
 * @param name within the node, as PyTorch's module names it: {@code weight}
 * @param shape laid out as in PyTorch
 * @param initial what PyTorch's module draws it from when it is new
 */
public record Parameter(String name, Shape shape, Distribution initial) {}
