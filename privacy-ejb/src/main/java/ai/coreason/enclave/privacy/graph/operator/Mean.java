package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torch.mean} over {@code dim}, one dimension or several, counted with the batch as dimension 0; {@code keepdim}
 * (false) keeps them with extent 1. At least one dimension is left.
 */
record Mean(Shape output, List<Integer> dims, boolean keep) implements Operator {
    static Mean read(JsonFields fields, Operands in) {
        Shape shape = in.one();
        List<Integer> dims = Dimensions.readSome(fields, "dim", shape.rank());
        boolean keep = fields.flag("keepdim", false);
        List<Long> extents = new ArrayList<>();
        for (int d = 1; d <= shape.rank(); d++) {
            if (!dims.contains(d)) {
                extents.add(shape.extent(d - 1));
            } else if (keep) {
                extents.add(1L);
            }
        }
        if (extents.isEmpty()) {
            throw InvalidDocument.at(fields.at("dim"), "a dimension left of " + shape + ", or keepdim", "all of them");
        }
        return new Mean(new Shape(extents), dims, keep);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.mean(%s, %s, %s)".formatted(inputs.get(0), dims, keep ? "True" : "False"));
    }
}
