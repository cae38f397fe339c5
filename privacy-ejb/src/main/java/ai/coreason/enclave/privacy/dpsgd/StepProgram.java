package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Node;
import ai.coreason.enclave.privacy.graph.PerSampleGradient;
import ai.coreason.enclave.privacy.graph.Shape;
import ai.coreason.enclave.privacy.graph.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The TorchScript program of a graph, without state: the forward pass, and the clipped sum of the gradients of single
 * examples in one call.
 *
 * <p>One backward pass runs from the summed loss to the "taps", the outputs of the layers that have parameters. From the
 * gradients there and the layers' inputs follow each example's gradient norm and, once the clipping factors are known, the
 * clipped sum (Goodfellow 2015; Lee and Kifer 2021; Bu et al. 2022): no gradient to a parameter is ever formed unclipped
 * over more than one example, or one unit.
 *
 * <p>Where units of several examples are clipped, a batch has the same number of examples of each unit in a row, repeated
 * where a unit has fewer, and each has its part in the unit's loss: 1 / (examples of the unit), or 0 for a repetition. The
 * backward pass multiplies the loss's gradient at the model's output by the parts, so whatever lies below is already that of
 * the units' mean losses.
 */
final class StepProgram {
    /** Name of the module's class. */
    static final String CLASS = "Step";

    private final ModelGraph graph;
    private final ParameterLayout layout;
    private final int maxRecords;

    /** @param maxRecords most examples of a unit */
    StepProgram(ModelGraph graph, ParameterLayout layout, int maxRecords) {
        this.graph = graph;
        this.layout = layout;
        this.maxRecords = maxRecords;
    }

    /** The methods: {@code forward} (the clipped sum), {@code loss} and {@code predict}. */
    String source() {
        return clippedSum() + loss() + predict();
    }

    /**
     * {@code forward(index, x, y, w, sum, bound, offset, most, shares)}: adds the gradients of the examples at
     * {@code index}, clipped by the {@link ClippingRule}, to {@code sum}, and gives their squared norms. If one of those is
     * not finite, the sum is left as it is. With units of several examples there is a further parameter {@code part} [units, width].
     */
    private String clippedSum() {
        Script forward = new Script("v");
        Script after = new Script("u");
        List<String> taps = new ArrayList<>();
        ClippedSum clipped = new ClippedSum(layout, after, maxRecords);
        Map<String, String> values = start(forward);
        for (Node node : graph.nodes()) {
            Tape tape = node.trainable()
                    ? new RecordingTape(node, forward, after, taps, clipped)
                    : new PlainTape(node, forward);
            values.put(node.name(), write(node, tape, values));
        }
        forward.assign("loss", lossOf(values.get(graph.output().name())));
        backward(forward, values.get(graph.output().name()), String.join(", ", taps));
        forward.let("torch.set_grad_enabled(False)");
        for (int i = 0; i < taps.size(); i++) {
            forward.assign("g" + i, "unchecked_cast(Tensor, gradients[%d])", i);
        }
        String norms = clipped.squaredNorms();
        String[] parameters = {"index", "x", "y", "w", "sum", "bound", "offset", "most", "shares"};
        return method("forward", maxRecords == 1 ? parameters : append(parameters, "part"))
                + "    m0 = torch.set_grad_enabled(True)\n"
                + "    x0 = torch.index_select(x, 0, index)\n    y0 = torch.index_select(y, 0, index)\n"
                + forward
                + after
                + "    if bool(torch.all(torch.isfinite(" + norms + "))):\n"
                + clipped.accumulation().indent(2)
                + "    return " + norms + "\n";
    }

    /** The gradients at the taps: of the summed losses, or of the sum of the units' mean losses. */
    private void backward(Script forward, String output, String taps) {
        if (maxRecords == 1) {
            forward.assign("gradients", "torch.autograd.grad([loss], [%s])", taps);
            return;
        }
        forward.assign("upper", "torch.autograd.grad([loss], [%s])", output);
        String each = "1, ".repeat(graph.outputShape().length);
        String weighted =
                forward.let("torch.mul(unchecked_cast(Tensor, upper[0]), torch.reshape(part, [-1, %s]))", each);
        forward.assign(
                "gradients",
                "torch.autograd.grad([%s], [%s], annotate(List[Optional[Tensor]], [%s]))",
                output,
                taps,
                weighted);
    }

    private static String[] append(String[] names, String last) {
        String[] out = Arrays.copyOf(names, names.length + 1);
        out[names.length] = last;
        return out;
    }

    /** {@code loss(x0, y0, w)}: the loss summed over the batch, differentiable in {@code w}. */
    private String loss() {
        Script forward = new Script("v");
        forward.assign("loss", lossOf(plain(forward)));
        return method("loss", "x0", "y0", "w") + forward + "    return loss\n";
    }

    /** {@code predict(x0, w)}: the output of the model. */
    private String predict() {
        Script forward = new Script("v");
        String output = plain(forward);
        return method("predict", "x0", "w") + forward + "    return " + output + "\n";
    }

    private String plain(Script forward) {
        Map<String, String> values = start(forward);
        for (Node node : graph.nodes()) {
            values.put(node.name(), write(node, new PlainTape(node, forward), values));
        }
        return values.get(graph.output().name());
    }

    private Map<String, String> start(Script forward) {
        forward.assign("batch", "torch.size(x0, 0)");
        Map<String, String> values = new HashMap<>();
        values.put(graph.input().name(), "x0");
        return values;
    }

    private static String write(Node node, Tape tape, Map<String, String> values) {
        return node.operator()
                .write(tape, node.inputs().stream().map(values::get).toList());
    }

    /** The loss summed over the batch; reduction 2 is PyTorch's sum. */
    private String lossOf(String output) {
        long outputs = Shape.of(graph.outputShape()).size();
        return switch (graph.loss()) {
            case CROSS_ENTROPY -> "torch.cross_entropy_loss(%s, y0, None, 2, -100, 0.)".formatted(output);
            case BCE_WITH_LOGITS ->
                "torch.div(torch.binary_cross_entropy_with_logits(%s, y0, None, None, 2), %d)"
                        .formatted(output, outputs);
            case MSE -> "torch.div(torch.mse_loss(%s, y0, 2), %d)".formatted(output, outputs);
        };
    }

    private static String method(String name, String... parameters) {
        return "  def " + name + "(self: __torch__." + CLASS + ",\n    " + String.join(": Tensor,\n    ", parameters)
                + ": Tensor) -> Tensor:\n";
    }

    /** Writes a node's forward pass and nothing else. */
    private class PlainTape implements Tape {
        final Node node;
        final Script forward;

        PlainTape(Node node, Script forward) {
            this.node = node;
            this.forward = forward;
        }

        @Override
        public String parameter(String name) {
            return forward.let(layout.view("w", node.name() + "." + name));
        }

        @Override
        public String batch() {
            return "batch";
        }

        @Override
        public String forward(String expression) {
            return forward.let(expression);
        }

        @Override
        public String tap(String expression) {
            return forward.let(expression);
        }

        @Override
        public String gradient(String tapped) {
            return "";
        }

        @Override
        public String afterwards(String expression) {
            return "";
        }

        @Override
        public void perSample(PerSampleGradient gradient) {}
    }

    /** Writes a trainable node's forward pass, taps it, and records its gradients. */
    private final class RecordingTape extends PlainTape {
        private final Script after;
        private final List<String> taps;
        private final ClippedSum clipped;

        RecordingTape(Node node, Script forward, Script after, List<String> taps, ClippedSum clipped) {
            super(node, forward);
            this.after = after;
            this.taps = taps;
            this.clipped = clipped;
        }

        @Override
        public String tap(String expression) {
            String tapped = forward.let("torch.requires_grad_(" + expression + ")");
            taps.add(tapped);
            return tapped;
        }

        @Override
        public String gradient(String tapped) {
            return "g" + taps.indexOf(tapped);
        }

        @Override
        public String afterwards(String expression) {
            return after.let(expression);
        }

        @Override
        public void perSample(PerSampleGradient gradient) {
            clipped.add(node, gradient);
        }
    }
}
