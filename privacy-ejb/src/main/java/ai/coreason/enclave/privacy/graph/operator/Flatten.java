package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torch.nn.Flatten}: joins the dimensions from {@code start_dim} (1 by default) to {@code end_dim} (-1 by default),
 * both counted as PyTorch counts them, with the batch as dimension 0.
 */
record Flatten(int start, int end, Shape output) implements Operator {
    static Flatten read(JsonFields fields, Operands in) {
        Shape shape = in.one();
        int rank = shape.rank();
        int start = (int) fields.whole("start_dim", 1, rank, 1);
        long end = fields.whole("end_dim", -rank, rank, -1);
        int last = (int) (end < 0 ? end + rank + 1 : end);
        if (last < start) {
            throw InvalidDocument.at(fields.at("end_dim"), "a dimension not before start_dim " + start, end);
        }
        List<Long> extents = new ArrayList<>(shape.extents().subList(0, start - 1));
        extents.add(shape.sizeOf(start - 1, last));
        extents.addAll(shape.extents().subList(last, rank));
        return new Flatten(start, last, new Shape(extents));
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.flatten(" + inputs.get(0) + ", " + start + ", " + end + ")");
    }
}
