package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/**
 * {@code torch.nn.AdaptiveAvgPool1d} and {@code AdaptiveAvgPool2d} over an input [channels, length] or [channels, height,
 * width]: means over parts that make an output of {@code output_size}.
 */
record AdaptivePool(Shape output, List<Long> size) implements Operator {
    static AdaptivePool read(JsonFields fields, Operands in, int dimensions) {
        Shape shape = in.one(
                dimensions == 1 ? "[channels, length]" : "[channels, height, width]", dimensions + 1, dimensions + 1);
        List<Long> size = Window.numbers(fields, "output_size", dimensions, 1);
        Shape output = shape;
        for (int d = 0; d < dimensions; d++) {
            output = output.with(d + 1, size.get(d));
        }
        return new AdaptivePool(output, size);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.adaptive_avg_pool%dd(%s, %s)".formatted(size.size(), inputs.get(0), size));
    }
}
