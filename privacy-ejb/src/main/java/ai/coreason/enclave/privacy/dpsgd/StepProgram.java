package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Node;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import ai.coreason.enclave.privacy.graph.operator.Subroutine;
import ai.coreason.enclave.privacy.graph.operator.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** Squared norms above this are those of no usable gradient; its unit adds nothing. */
    static final double LARGEST_SQUARED_NORM = 0x1p126;

    private static final String SELECTED =
            "    x0 = torch.index_select(x, 0, index)\n    y0 = torch.index_select(y, 0, index)\n";

    private final ModelGraph graph;
    private final ParameterLayout layout;
    private final int maxRecords;
    private final Set<Subroutine> subroutines = new LinkedHashSet<>();
    private long positionsOfProducts;

    /** @param maxRecords most examples of a unit */
    StepProgram(ModelGraph graph, ParameterLayout layout, int maxRecords) {
        this.graph = graph;
        this.layout = layout;
        this.maxRecords = maxRecords;
    }

    /** After {@link #source()}: most positions over which a product is summed that is not formed; 0 if there is none. */
    long positionsOfProducts() {
        return positionsOfProducts;
    }

    /** The dropout masks that the program takes, in the order of their parts. */
    List<DropoutMasks.Place> masks() {
        Masks masks = new Masks();
        plain(new Script("v"), masks);
        return List.copyOf(masks.places);
    }

    /** The methods: {@code forward} (the clipped sum), {@code loss}, {@code predict} and {@code scores}. */
    String source() {
        String methods = clippedSum() + loss() + predict() + scores();
        StringBuilder source = new StringBuilder();
        subroutines.forEach(
                s -> source.append(method(s.name(), s.parameters(), s.body().indent(4))));
        return source + methods;
    }

    /**
     * {@code forward(index, x, y, w, sum, real, rule, masks)}: adds the gradients of the units whose examples are at
     * {@code index}, each times its {@code real} (1, or 0 for one that only fills the call), clipped by the {@link
     * ClippingRule#numbers()}, to {@code sum}, of single or double precision; gives upper bounds of their squared norms. If
     * one of those is above {@link #LARGEST_SQUARED_NORM} or no number, the sum is left as it is. {@code masks} are those
     * of {@link DropoutMasks}. With units of several examples there is a further parameter {@code part} [units, width].
     */
    private String clippedSum() {
        Script forward = new Script("v");
        Script after = new Script("u");
        List<String> taps = new ArrayList<>();
        ClippedSum clipped = new ClippedSum(layout, after, maxRecords);
        Map<String, String> values = start(forward);
        Masks masks = new Masks();
        for (Node node : graph.nodes()) {
            Tape tape = node.trainable()
                    ? new RecordingTape(node, forward, masks, after, taps, clipped)
                    : new PlainTape(node, forward, masks);
            values.put(node.name(), write(node, tape, values));
        }
        backward(forward, values.get(graph.output().name()), String.join(", ", taps));
        forward.let("torch.set_grad_enabled(False)");
        for (int i = 0; i < taps.size(); i++) {
            forward.assign("g" + i, "unchecked_cast(Tensor, gradients[%d])", i);
        }
        String norms = clipped.squaredNorms();
        positionsOfProducts = clipped.positionsOfProducts();
        String body = "    m0 = torch.set_grad_enabled(True)\n"
                + SELECTED
                + forward
                + after
                + "    if torch.le(float(torch.max(" + norms + ")), " + LARGEST_SQUARED_NORM + "):\n"
                + rule()
                + "      if torch.eq(torch.element_size(sum), 8):\n"
                + clipped.accumulation(true).indent(4)
                + "      else:\n"
                + clipped.accumulation(false).indent(4)
                + "    return " + norms + "\n";
        String[] parameters = {"index", "x", "y", "w", "sum", "real", "rule", "masks"};
        return method("forward", tensors(maxRecords == 1 ? parameters : append(parameters, "part")), body);
    }

    private static String rule() {
        return "      bound, offset, most, own, whole, = torch.unbind(rule, 0)\n";
    }

    /**
     * The gradients at the taps: of the summed losses, or of the sum of the units' mean losses. The gradient at the output
     * comes first where it is weighted by the units' parts, or is written down.
     */
    private void backward(Script forward, String output, String taps) {
        boolean written = graph.loss() == LossKind.BCE_WITH_LOGITS;
        if (maxRecords == 1 && !written) {
            forward.assign("loss", lossOf(output));
            forward.assign("gradients", "torch.autograd.grad([loss], [%s])", taps);
            return;
        }
        String upper = written ? slopeOfBce(forward, output) : slopeOfLoss(forward, output);
        if (maxRecords > 1) {
            String each = "1, ".repeat(graph.outputShape().length);
            upper = forward.let("torch.mul(%s, torch.reshape(part, [-1, %s]))", upper, each);
        }
        forward.assign(
                "gradients",
                "torch.autograd.grad([%s], [%s], annotate(List[Optional[Tensor]], [%s]))",
                output,
                taps,
                upper);
    }

    private String slopeOfLoss(Script forward, String output) {
        forward.assign("loss", lossOf(output));
        forward.assign("upper", "torch.autograd.grad([loss], [%s])", output);
        return forward.let("unchecked_cast(Tensor, upper[0])");
    }

    /**
     * (sigmoid(z) - y) / outputs. Calls have one unit, or so many that no tensor ends in numbers that do not fill vector
     * registers ({@link CallSizes}); so all slopes of a unit come from the same routine, however many others there are.
     */
    private String slopeOfBce(Script forward, String output) {
        long outputs = Shape.of(graph.outputShape()).size();
        String slope = forward.let("torch.sub(torch.sigmoid(torch.detach(%s)), y0)", output);
        return outputs == 1 ? slope : forward.let("torch.div(%s, %d)", slope, outputs);
    }

    private static String[] append(String[] names, String last) {
        String[] out = Arrays.copyOf(names, names.length + 1);
        out[names.length] = last;
        return out;
    }

    /** {@code loss(x0, y0, w, masks)}: the loss summed over the batch, differentiable in {@code w}. */
    private String loss() {
        Script forward = new Script("v");
        forward.assign("loss", lossOf(plain(forward, new Masks())));
        return method("loss", tensors("x0", "y0", "w", "masks"), forward + "    return loss\n");
    }

    /** {@code predict(x0, w)}: the output of the model. */
    private String predict() {
        Script forward = new Script("v");
        String output = plain(forward, null);
        return method("predict", tensors("x0", "w"), forward + "    return " + output + "\n");
    }

    /** {@code scores(index, x, y, w)}: [2, examples], the loss of each example and whether its label is predicted. */
    private String scores() {
        Script forward = new Script("v");
        String output = plain(forward, null);
        String losses = forward.let("torch.to(%s, 7)", lossesOf(output));
        String hits = forward.let("torch.to(%s, 7)", hitsOf(output));
        String body = SELECTED + forward + "    return torch.stack([" + losses + ", " + hits + "])\n";
        return method("scores", tensors("index", "x", "y", "w"), body);
    }

    private String plain(Script forward, Masks masks) {
        Map<String, String> values = start(forward);
        for (Node node : graph.nodes()) {
            values.put(node.name(), write(node, new PlainTape(node, forward, masks), values));
        }
        return values.get(graph.output().name());
    }

    private Map<String, String> start(Script forward) {
        forward.assign("batch", "torch.size(x0, 0)");
        Map<String, String> values = new HashMap<>();
        values.put(
                graph.input().name(),
                graph.input().type() == ElementType.INT64 ? forward.let("torch.to(x0, 4)") : "x0");
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

    /** The loss of each example, [batch]; reduction 0 is PyTorch's none. */
    private String lossesOf(String output) {
        return switch (graph.loss()) {
            case CROSS_ENTROPY -> "torch.cross_entropy_loss(%s, y0, None, 0, -100, 0.)".formatted(output);
            case BCE_WITH_LOGITS ->
                overOutputs("torch.binary_cross_entropy_with_logits(%s, y0, None, None, 0)".formatted(output));
            case MSE -> overOutputs("torch.mse_loss(%s, y0, 0)".formatted(output));
        };
    }

    /** The share of each example's labels that is predicted, [batch]; without labels, 0. */
    private String hitsOf(String output) {
        return switch (graph.loss()) {
            case CROSS_ENTROPY -> "torch.eq(torch.argmax(%s, 1, False), y0)".formatted(output);
            case BCE_WITH_LOGITS ->
                overOutputs("torch.to(torch.eq(torch.gt(%s, 0), torch.gt(y0, 0.5)), 6)".formatted(output));
            case MSE -> "torch.zeros([batch])";
        };
    }

    private String overOutputs(String values) {
        long outputs = Shape.of(graph.outputShape()).size();
        return "torch.mean(torch.reshape(%s, [batch, %d]), [1])".formatted(values, outputs);
    }

    private static String method(String name, String parameters, String body) {
        return "  def " + name + "(self: __torch__." + CLASS + ", " + parameters + ") -> Tensor:\n" + body;
    }

    private static String tensors(String... names) {
        return String.join(": Tensor, ", names) + ": Tensor";
    }

    /** The dropout masks of one program, one behind the other. */
    private static final class Masks {
        private final List<DropoutMasks.Place> places = new ArrayList<>();

        int size() {
            return places.stream().mapToInt(DropoutMasks.Place::size).sum();
        }
    }

    /** Writes a node's forward pass and nothing else; without masks in prediction. */
    private class PlainTape implements Tape {
        final Node node;
        final Script forward;
        final Masks masks;

        PlainTape(Node node, Script forward, Masks masks) {
            this.node = node;
            this.forward = forward;
            this.masks = masks;
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
        public String call(Subroutine subroutine, String... arguments) {
            subroutines.add(subroutine);
            return forward.let("(self)." + subroutine.name() + "(" + String.join(", ", arguments) + ")");
        }

        @Override
        public String dropout(String x, Shape shape, double p) {
            if (masks == null || p == 0) {
                return x;
            }
            DropoutMasks.Place place = new DropoutMasks.Place(Math.toIntExact(shape.size()), p);
            String from = Integer.toString(masks.size());
            masks.places.add(place);
            String size = Integer.toString(place.size());
            return call(DropoutMasks.DROPOUT, x, "masks", from, size, Double.toString(1 - p));
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

        RecordingTape(Node node, Script forward, Masks masks, Script after, List<String> taps, ClippedSum clipped) {
            super(node, forward, masks);
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
            return after.once(expression);
        }

        @Override
        public void perSample(PerSampleGradient gradient) {
            clipped.add(node, gradient);
        }
    }
}
