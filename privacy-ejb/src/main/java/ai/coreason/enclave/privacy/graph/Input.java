package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.graph.operator.Shape;

/**
 * What a model takes for one example.
 *
 * @param name the name that nodes refer to
 * @param type the type of the elements
 * @param shape without the batch dimension
 */
public record Input(String name, ElementType type, Shape shape) {}
