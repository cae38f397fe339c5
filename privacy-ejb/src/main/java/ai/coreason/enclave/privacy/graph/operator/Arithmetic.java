package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/**
 * {@code torch.add} or {@code torch.mul} of two values of the same rank, element by element; a dimension of extent 1 is
 * repeated along the other's.
 */
record Arithmetic(String function, Shape output) implements Operator {
    static Arithmetic read(String function, JsonFields fields, Operands in) {
        List<Shape> shapes = in.several(2, 2);
        Shape a = shapes.get(0);
        Shape b = shapes.get(1);
        Shape output = a;
        boolean fits = a.rank() == b.rank();
        for (int d = 0; fits && d < a.rank(); d++) {
            fits = a.extent(d) == b.extent(d) || a.extent(d) == 1 || b.extent(d) == 1;
            output = output.with(d, Math.max(a.extent(d), b.extent(d)));
        }
        if (!fits) {
            throw InvalidDocument.at(fields.at("in"), "two shapes of the same extents, or 1", a + " and " + b);
        }
        return new Arithmetic(function, output);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.%s(%s, %s)".formatted(function, inputs.get(0), inputs.get(1)));
    }
}
