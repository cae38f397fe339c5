package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torch.select}: the slice at {@code index} of the dimension {@code dim}, counted with the batch as dimension 0; a
 * negative index counts from the end, so -1 of dimension 1 is the last step of a sequence.
 */
record Select(Shape output, int dim, long index) implements Operator {
    static Select read(JsonFields fields, Operands in) {
        Shape shape = in.one("at least two dimensions", 2, Integer.MAX_VALUE);
        int dim = Dimensions.read(fields, "dim", shape.rank());
        long extent = shape.extent(dim - 1);
        long index = fields.whole("index", -extent, extent - 1);
        List<Long> extents = new ArrayList<>(shape.extents());
        extents.remove(dim - 1);
        return new Select(new Shape(extents), dim, index);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.select(%s, %d, %d)".formatted(inputs.get(0), dim, index));
    }
}
