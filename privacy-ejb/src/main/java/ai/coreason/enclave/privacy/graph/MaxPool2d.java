package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.List;

/**
 * {@code torch.nn.MaxPool2d} over an input [channels, height, width].
 *
 * <p>Attributes: {@code kernel_size}, {@code stride} (the kernel's size), {@code padding} (0, at most half the kernel),
 * {@code dilation} (1), {@code ceil_mode} (false).
 */
record MaxPool2d(Shape output, Window window, boolean ceil) implements Operator {
    static MaxPool2d read(JsonFields fields, Operands in) {
        Shape shape = in.one("[channels, height, width]", 3, 3);
        Window window = Window.read(fields, 2, true);
        for (int d = 0; d < 2; d++) {
            if (window.padding().get(d) > window.kernel().get(d) / 2) {
                throw InvalidDocument.at(fields.at("padding"), "at most half of kernel_size", window.padding());
            }
        }
        boolean ceil = fields.flag("ceil_mode", false);
        return new MaxPool2d(window.over(shape, ceil, fields), window, ceil);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch.max_pool2d(%s, %s, %s, %s, %s, %s)"
                .formatted(
                        inputs.get(0),
                        window.kernel(),
                        window.stride(),
                        window.padding(),
                        window.dilation(),
                        ceil ? "True" : "False"));
    }
}
