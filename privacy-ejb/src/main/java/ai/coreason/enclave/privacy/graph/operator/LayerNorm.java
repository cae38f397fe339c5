package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * {@code torch.nn.LayerNorm} over the last dimensions, whose extents are {@code normalized_shape} (a number or an array).
 *
 * <p>Attributes: {@code eps} (1e-5), {@code elementwise_affine} (true), {@code bias} (true). Parameters: {@code weight} and
 * {@code bias}, both of the normalised shape.
 */
record LayerNorm(Shape output, Shape normalised, double eps, boolean affine, boolean bias) implements Operator {
    static final Range EPS = new Range(0, true, 1, false, "a number in (0, 1]");

    static LayerNorm read(JsonFields fields, Operands in) {
        Shape shape = in.one("at least one dimension", 1, Integer.MAX_VALUE);
        Shape normalised = normalised(fields, shape);
        double eps = fields.number("eps", EPS, 1e-5);
        boolean affine = fields.flag("elementwise_affine", true);
        return new LayerNorm(shape, normalised, eps, affine, fields.flag("bias", true) && affine);
    }

    private static Shape normalised(JsonFields fields, Shape shape) {
        String name = "normalized_shape";
        JsonNode node = fields.any(name, "the extents of the last dimensions of " + shape);
        List<Long> extents = node.isArray()
                ? fields.wholes(name, 1, Shape.MAX_ELEMENTS)
                : List.of(fields.whole(name, 1, Shape.MAX_ELEMENTS));
        int from = shape.rank() - extents.size();
        if (extents.isEmpty()
                || from < 0
                || !shape.extents().subList(from, shape.rank()).equals(extents)) {
            throw InvalidDocument.at(fields.at(name), "the extents of the last dimensions of " + shape, extents);
        }
        return new Shape(extents);
    }

    @Override
    public List<Parameter> parameters() {
        return Affine.parameters(normalised, affine, bias);
    }

    @Override
    public long floatsPerExample() {
        return 2 * output.size();
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String x = inputs.get(0);
        String all = tape.forward("torch.native_layer_norm(%s, %s, %s, %s, %s)"
                .formatted(
                        x,
                        normalised,
                        affine ? tape.parameter("weight") : "None",
                        bias ? tape.parameter("bias") : "None",
                        eps));
        if (!affine) {
            return tape.forward("(%s)[0]".formatted(all));
        }
        String tapped = tape.tap("(%s)[0]".formatted(all));
        long size = normalised.size();
        String shape = "[%s, %d, %d]".formatted(tape.batch(), output.size() / size, size);
        Affine.perSample(tape, bias, size, 1, tape.gradient(tapped), normalised(x, all), shape);
        return tapped;
    }

    /** The normalised input once more, from the means and the reciprocal deviations that the forward pass gives. */
    private static String normalised(String x, String all) {
        return "torch.mul_(torch.sub(%1$s, (%2$s)[1]), (%2$s)[2])".formatted(x, all);
    }
}
