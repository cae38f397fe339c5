package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.ArrayList;
import java.util.List;

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
        List<Parameter> parameters = new ArrayList<>();
        Shape weight = Shape.of(out, in, window.kernel().get(0), window.kernel().get(1));
        parameters.add(new Parameter("weight", weight, initial));
        if (bias) {
            parameters.add(new Parameter("bias", Shape.of(out), initial));
        }
        return List.copyOf(parameters);
    }
}
