package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/**
 * {@code torch.transpose}: swaps {@code dim0} and {@code dim1}, counted with the batch as dimension 0; so a sequence [steps,
 * features] becomes the [channels, length] of a convolution.
 */
record Transpose(Shape output, int first, int second) implements Operator {
    static Transpose read(JsonFields fields, Operands in) {
        Shape shape = in.one();
        int first = Dimensions.read(fields, "dim0", shape.rank());
        int second = Dimensions.read(fields, "dim1", shape.rank());
        Shape output = shape.with(first - 1, shape.extent(second - 1)).with(second - 1, shape.extent(first - 1));
        return new Transpose(output, first, second);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.transpose(%s, %d, %d)".formatted(inputs.get(0), first, second));
    }
}
