package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.graph.PerSampleGradient.OuterProducts;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * {@code torch.nn.Conv2d} with zero padding, over an input [channels, height, width].
 *
 * <p>Attributes: {@code out_channels}, {@code kernel_size}, {@code stride} (1), {@code padding} (0), {@code dilation} (1),
 * {@code groups} (1), {@code bias} (true); {@code in_channels}, which the input's shape already says. Parameters:
 * {@code weight} [out, in / groups, kernel height, kernel width], {@code bias} [out].
 */
record Conv2d(Shape input, Shape output, Window window, long groups, boolean bias) implements Operator {
    static Conv2d read(JsonFields fields, Operands in) {
        Shape shape = in.one("[channels, height, width]", 3, 3);
        long channels = shape.extent(0);
        Operands.confirm(fields, "in_channels", channels);
        long out = fields.whole("out_channels", 1, ModelGraph.MAX_WIDTH);
        long groups = fields.whole("groups", 1, ModelGraph.MAX_WIDTH, 1);
        if (channels % groups != 0 || out % groups != 0) {
            throw InvalidDocument.at(
                    fields.at("groups"), "a divisor of " + channels + " and " + out + " channels", groups);
        }
        Window window = Window.read(fields, 2, false);
        return new Conv2d(
                shape, window.over(shape, false, fields).with(0, out), window, groups, fields.flag("bias", true));
    }

    @Override
    public List<Parameter> parameters() {
        long out = output.extent(0);
        long in = input.extent(0) / groups;
        Distribution initial = Distribution.Uniform.fanIn(in * window.size());
        Shape weight = Shape.of(out, in, window.kernel().get(0), window.kernel().get(1));
        return Parameter.weightAndBias(weight, bias, initial);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String x = inputs.get(0);
        String z = tape.tap("torch.conv2d(%s, %s, %s, %s, %s, %s, %d)"
                .formatted(
                        x,
                        tape.parameter("weight"),
                        bias ? tape.parameter("bias") : "None",
                        window.stride(),
                        window.padding(),
                        window.dilation(),
                        groups));
        String patches = "torch.im2col(%s, %s, %s, %s, %s)"
                .formatted(x, window.kernel(), window.dilation(), window.padding(), window.stride());
        long rows = output.extent(0) / groups;
        long columns = input.extent(0) / groups * window.size();
        tape.perSample(new OuterProducts(
                "weight",
                bias ? Optional.of("bias") : Optional.empty(),
                byGroup(tape, tape.gradient(z), rows),
                byGroup(tape, patches, columns),
                groups,
                rows,
                columns,
                output.sizeOf(1, 3)));
        return z;
    }

    /** From [batch, groups * features, positions...] to [batch * groups, features, positions]. */
    private String byGroup(Tape tape, String x, long features) {
        long positions = output.sizeOf(1, 3);
        String shape = groups * positions == 1
                ? "[%s, %d]".formatted(tape.batch(), features)
                : "[torch.mul(%s, %d), %d, %d]".formatted(tape.batch(), groups, features, positions);
        return tape.afterwards("torch.reshape(" + x + ", " + shape + ")");
    }
}
