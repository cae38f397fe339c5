package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/**
 * {@code torch.nn.GroupNorm} over an input [channels, ...], whose channels are normalised in {@code num_groups} groups.
 *
 * <p>Attributes: {@code eps} (1e-5), {@code affine} (true); {@code num_channels}, which the input's shape already says.
 * Parameters: {@code weight} [channels], {@code bias} [channels].
 */
record GroupNorm(Shape output, long groups, double eps, boolean affine) implements Operator {
    static GroupNorm read(JsonFields fields, Operands in) {
        Shape shape = in.one("[channels, ...]", 1, Integer.MAX_VALUE);
        Operands.confirm(fields, "num_channels", shape.extent(0));
        long groups = fields.whole("num_groups", 1, Shape.MAX_WIDTH);
        if (shape.extent(0) % groups != 0) {
            throw InvalidDocument.at(fields.at("num_groups"), "a divisor of " + shape.extent(0) + " channels", groups);
        }
        return new GroupNorm(shape, groups, fields.number("eps", LayerNorm.EPS, 1e-5), fields.flag("affine", true));
    }

    @Override
    public List<Parameter> parameters() {
        return Affine.parameters(Shape.of(output.extent(0)), affine, affine);
    }

    @Override
    public long floatsPerExample() {
        return 2 * output.size();
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String x = inputs.get(0);
        if (!affine) {
            return tape.forward(norm(x, "None", "None"));
        }
        String tapped = tape.tap(norm(x, tape.parameter("weight"), tape.parameter("bias")));
        long channels = output.extent(0);
        String shape = "[%s, %d, %d]".formatted(tape.batch(), channels, output.sizeOf(1, output.rank()));
        Affine.perSample(tape, true, channels, 2, tape.gradient(tapped), norm(x, "None", "None"), shape);
        return tapped;
    }

    private String norm(String x, String weight, String bias) {
        return "torch.group_norm(%s, %d, %s, %s, %s, False)".formatted(x, groups, weight, bias, eps);
    }
}
