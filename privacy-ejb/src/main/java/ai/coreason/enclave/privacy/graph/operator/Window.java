package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A window that slides over the last dimensions of a tensor, one number per dimension: the attributes
 * {@code kernel_size}, {@code stride}, {@code padding} and {@code dilation} of PyTorch's convolutions and pools. A whole
 * number stands for the same in every dimension.
 */
record Window(List<Long> kernel, List<Long> stride, List<Long> padding, List<Long> dilation) {
    private static final long MAX = 4096;

    /** Reads the attributes; the stride is 1 when left out, or the kernel's size if {@code strideIsKernel}. */
    static Window read(JsonFields fields, int dimensions, boolean strideIsKernel) {
        Window window = readUndilated(fields, dimensions, strideIsKernel);
        return new Window(
                window.kernel,
                window.stride,
                window.padding,
                optionalNumbers(fields, "dilation", dimensions, 1).orElse(window.dilation));
    }

    /** Reads the attributes but {@code dilation}, which is 1. */
    static Window readUndilated(JsonFields fields, int dimensions, boolean strideIsKernel) {
        List<Long> ones = Collections.nCopies(dimensions, 1L);
        List<Long> kernel = numbers(fields, "kernel_size", dimensions, 1);
        return new Window(
                kernel,
                optionalNumbers(fields, "stride", dimensions, 1).orElse(strideIsKernel ? kernel : ones),
                optionalNumbers(fields, "padding", dimensions, 0).orElse(Collections.nCopies(dimensions, 0L)),
                ones);
    }

    /** This window over one dimension as one over two, of which the first has extent 1. */
    Window underOneRow() {
        return new Window(
                List.of(1L, kernel.get(0)),
                List.of(1L, stride.get(0)),
                List.of(0L, padding.get(0)),
                List.of(1L, dilation.get(0)));
    }

    /**
     * The shape after the window slid over the last dimensions of a shape.
     *
     * @param ceil whether a last window may hang over the end, as {@code ceil_mode} says
     */
    Shape over(Shape shape, boolean ceil, JsonFields fields) {
        Shape out = shape;
        for (int d = 0; d < kernel.size(); d++) {
            int index = d - kernel.size();
            long room = shape.extent(index) + 2 * padding.get(d) - dilation.get(d) * (kernel.get(d) - 1) - 1;
            if (room < 0) {
                throw InvalidDocument.at(
                        fields.at("kernel_size"), "a window that fits into the padded input " + shape, kernel);
            }
            long steps = room / stride.get(d) + 1;
            boolean hangs = ceil && room % stride.get(d) != 0;
            if (hangs && steps * stride.get(d) < shape.extent(index) + padding.get(d)) {
                steps++;
            }
            out = out.with(index, steps);
        }
        return out;
    }

    /** The number of elements of the kernel. */
    long size() {
        return new Shape(kernel).size();
    }

    /** Reads an attribute of one number per dimension. */
    static List<Long> numbers(JsonFields fields, String name, int dimensions, long min) {
        return optionalNumbers(fields, name, dimensions, min)
                .orElseThrow(() -> InvalidDocument.at(fields.at(name), words(dimensions, min), "nothing"));
    }

    private static Optional<List<Long>> optionalNumbers(JsonFields fields, String name, int dimensions, long min) {
        if (!fields.has(name)) {
            return Optional.empty();
        }
        JsonNode node = fields.any(name, words(dimensions, min));
        if (node.isIntegralNumber()) {
            return Optional.of(Collections.nCopies(dimensions, fields.whole(name, min, MAX)));
        }
        if (!node.isArray() || node.size() != dimensions) {
            throw InvalidDocument.at(fields.at(name), words(dimensions, min), JsonFields.describe(node));
        }
        return Optional.of(new ArrayList<>(fields.wholes(name, min, MAX)));
    }

    private static String words(int dimensions, long min) {
        return "a whole number in [" + min + ", " + MAX + "] or an array of " + dimensions + " of them";
    }
}
