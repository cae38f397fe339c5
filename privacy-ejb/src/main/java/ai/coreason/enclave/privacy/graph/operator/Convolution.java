package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.OuterProducts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code torch.nn.Conv1d} over an input [channels, length] and {@code torch.nn.Conv2d} over [channels, height, width], with
 * zero padding.
 *
 * <p>Attributes: {@code out_channels}, {@code kernel_size}, {@code stride} (1), {@code padding} (0), {@code dilation} (1),
 * {@code groups} (1), {@code bias} (true); {@code in_channels}, which the input's shape already says. Parameters:
 * {@code weight} [out, in / groups, kernel...], {@code bias} [out].
 */
record Convolution(Shape input, Shape output, Window window, long groups, boolean bias) implements Operator {
    static Convolution read1d(JsonFields fields, Operands in) {
        return read(fields, in.one("[channels, length]", 2, 2));
    }

    static Convolution read2d(JsonFields fields, Operands in) {
        return read(fields, in.one("[channels, height, width]", 3, 3));
    }

    private static Convolution read(JsonFields fields, Shape shape) {
        long channels = shape.extent(0);
        Operands.confirm(fields, "in_channels", channels);
        long out = fields.whole("out_channels", 1, Shape.MAX_WIDTH);
        long groups = fields.whole("groups", 1, Shape.MAX_WIDTH, 1);
        if (channels % groups != 0 || out % groups != 0) {
            throw InvalidDocument.at(
                    fields.at("groups"), "a divisor of " + channels + " and " + out + " channels", groups);
        }
        Window window = Window.read(fields, shape.rank() - 1, false);
        return new Convolution(
                shape, window.over(shape, false, fields).with(0, out), window, groups, fields.flag("bias", true));
    }

    private long rows() {
        return output.extent(0) / groups;
    }

    private long columns() {
        return input.extent(0) / groups * window.size();
    }

    private long positions() {
        return output.sizeOf(1, output.rank());
    }

    @Override
    public List<Parameter> parameters() {
        long in = input.extent(0) / groups;
        Distribution initial = Distribution.Uniform.fanIn(in * window.size());
        List<Long> weight = new ArrayList<>(List.of(output.extent(0), in));
        weight.addAll(window.kernel());
        return Parameter.weightAndBias(new Shape(weight), bias, initial);
    }

    @Override
    public long floatsPerExample() {
        return OuterProducts.floats(groups, rows(), columns(), positions());
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String x = inputs.get(0);
        String z = tape.tap("torch.conv%dd(%s, %s, %s, %s, %s, %s, %d)"
                .formatted(
                        window.kernel().size(),
                        x,
                        tape.parameter("weight"),
                        bias ? tape.parameter("bias") : "None",
                        window.stride(),
                        window.padding(),
                        window.dilation(),
                        groups));
        tape.perSample(new OuterProducts(
                "weight",
                bias ? Optional.of("bias") : Optional.empty(),
                byGroup(tape, tape.gradient(z), rows()),
                byGroup(tape, patches(x), columns()),
                groups,
                rows(),
                columns(),
                positions()));
        return z;
    }

    /** The inputs at every position: [batch, channels, kernel..., positions...] or the same with dimensions joined. */
    private String patches(String x) {
        Window w = window.kernel().size() == 2 ? window : window.underOneRow();
        String image = w == window ? x : "torch.unsqueeze(" + x + ", 2)";
        if (!w.dilation().equals(List.of(1L, 1L))) {
            return "torch.im2col(%s, %s, %s, %s, %s)"
                    .formatted(image, w.kernel(), w.dilation(), w.padding(), w.stride());
        }
        long down = w.padding().get(0);
        long across = w.padding().get(1);
        String padded = "torch.constant_pad_nd(%s, [%2$d, %2$d, %3$d, %3$d], 0)".formatted(image, across, down);
        return "torch.permute(torch.unfold(torch.unfold(%s, 2, %d, %d), 3, %d, %d), [0, 1, 4, 5, 2, 3])"
                .formatted(
                        down + across == 0 ? image : padded,
                        w.kernel().get(0),
                        w.stride().get(0),
                        w.kernel().get(1),
                        w.stride().get(1));
    }

    /** From [batch, groups * features, positions...] to [batch * groups, features, positions]. */
    private String byGroup(Tape tape, String x, long features) {
        String shape = groups * positions() == 1
                ? "[%s, %d]".formatted(tape.batch(), features)
                : "[torch.mul(%s, %d), %d, %d]".formatted(tape.batch(), groups, features, positions());
        return tape.afterwards("torch.reshape(" + x + ", " + shape + ")");
    }
}
