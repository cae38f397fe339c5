package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/**
 * {@code torch.nn.MaxPool1d}, {@code MaxPool2d}, {@code AvgPool1d} and {@code AvgPool2d} over an input [channels, length]
 * or [channels, height, width].
 *
 * <p>Attributes: {@code kernel_size}, {@code stride} (the kernel's size), {@code padding} (0, at most half the kernel),
 * {@code ceil_mode} (false); of maxima {@code dilation} (1); of means {@code count_include_pad} (true).
 */
record Pool(Shape output, String function, Window window, List<String> options) implements Operator {
    static Pool readMax(JsonFields fields, Operands in, int dimensions) {
        Window window = Window.read(fields, dimensions, true);
        boolean ceil = fields.flag("ceil_mode", false);
        return read(fields, in, "max", window, ceil, List.of(window.dilation().toString(), script(ceil)));
    }

    static Pool readAverage(JsonFields fields, Operands in, int dimensions) {
        Window window = Window.readUndilated(fields, dimensions, true);
        boolean ceil = fields.flag("ceil_mode", false);
        String counts = script(fields.flag("count_include_pad", true));
        return read(fields, in, "avg", window, ceil, List.of(script(ceil), counts));
    }

    private static Pool read(
            JsonFields fields, Operands in, String kind, Window window, boolean ceil, List<String> options) {
        int dimensions = window.kernel().size();
        Shape shape = in.one(
                dimensions == 1 ? "[channels, length]" : "[channels, height, width]", dimensions + 1, dimensions + 1);
        for (int d = 0; d < dimensions; d++) {
            if (window.padding().get(d) > window.kernel().get(d) / 2) {
                throw InvalidDocument.at(fields.at("padding"), "at most half of kernel_size", window.padding());
            }
        }
        String function = "torch." + kind + "_pool" + dimensions + "d";
        return new Pool(window.over(shape, ceil, fields), function, window, options);
    }

    private static String script(boolean flag) {
        return flag ? "True" : "False";
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("%s(%s, %s, %s, %s, %s)"
                .formatted(
                        function,
                        window.kernel().size() == 2 ? channelsLast(inputs.get(0)) : inputs.get(0),
                        window.kernel(),
                        window.stride(),
                        window.padding(),
                        String.join(", ", options)));
    }

    /** Channels innermost (memory format 2): libtorch pools them side by side, in place of element by element. */
    private static String channelsLast(String x) {
        return "torch.contiguous(" + x + ", memory_format=2)";
    }
}
