package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/** {@code torch.nn.Softmax} over the dimension {@code dim}, counted with the batch as dimension 0. */
record Softmax(Shape output, int dim) implements Operator {
    static Softmax read(JsonFields fields, Operands in) {
        Shape shape = in.one();
        return new Softmax(shape, Dimensions.read(fields, "dim", shape.rank()));
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.softmax(%s, %d)".formatted(inputs.get(0), dim));
    }
}
