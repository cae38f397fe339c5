package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/** {@code torch.cat}: values one after the other along {@code dim}, counted with the batch as dimension 0. */
record Cat(Shape output, int dim) implements Operator {
    static Cat read(JsonFields fields, Operands in) {
        List<Shape> shapes = in.several(2, Operands.MOST);
        Shape first = shapes.get(0);
        int dim = Dimensions.read(fields, "dim", first.rank());
        long extent = 0;
        for (Shape shape : shapes) {
            if (shape.rank() != first.rank() || !shape.with(dim - 1, 1).equals(first.with(dim - 1, 1))) {
                throw InvalidDocument.at(
                        fields.at("in"), "shapes that differ in dimension " + dim + " only", first + " and " + shape);
            }
            extent += shape.extent(dim - 1);
        }
        return new Cat(first.with(dim - 1, extent), dim);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.cat([%s], %d)".formatted(String.join(", ", inputs), dim));
    }
}
