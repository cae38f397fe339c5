package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.util.List;

/**
 * One parameter tensor of a model.
 *
 * @param name as in a PyTorch {@code state_dict}: {@code <node>.weight}
 * @param shape laid out as in PyTorch
 * @param trainable whether training changes it and updates carry it
 */
public record ParameterSpec(String name, List<Long> shape, boolean trainable) {
    /** Copies the shape. */
    public ParameterSpec {
        shape = List.copyOf(shape);
    }

    /** The number of elements; {@link Long#MAX_VALUE} where it would not fit. */
    public long size() {
        return new Shape(shape).size();
    }
}
