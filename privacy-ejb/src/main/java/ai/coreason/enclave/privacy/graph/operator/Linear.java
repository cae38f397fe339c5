package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * {@code torch.nn.Linear}: x W^T + b over the last dimension; further dimensions are positions that share the weights.
 *
 * <p>Attributes: {@code out_features}; {@code bias} (true by default); {@code in_features}, which the input's shape
 * already says. Parameters: {@code weight} [out, in], {@code bias} [out].
 */
record Linear(Shape output, Projection projection) implements Operator {
    static Linear read(JsonFields fields, Operands in) {
        Shape shape = in.one("at least one dimension", 1, Integer.MAX_VALUE);
        long features = shape.extent(-1);
        Operands.confirm(fields, "in_features", features);
        long out = fields.whole("out_features", 1, Shape.MAX_WIDTH);
        Optional<String> bias = fields.flag("bias", true) ? Optional.of("bias") : Optional.empty();
        long positions = shape.sizeOf(0, shape.rank() - 1);
        boolean vector = shape.rank() == 1;
        return new Linear(shape.with(-1, out), new Projection("weight", bias, features, out, positions, vector));
    }

    @Override
    public List<Parameter> parameters() {
        Distribution initial = Distribution.Uniform.fanIn(projection.columns());
        return projection.parameters(initial, initial);
    }

    @Override
    public long floatsPerExample() {
        return projection.floats();
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return projection.write(tape, inputs.get(0));
    }
}
