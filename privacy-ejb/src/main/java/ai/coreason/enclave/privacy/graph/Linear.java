package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.graph.PerSampleGradient.OuterProducts;
import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * {@code torch.nn.Linear}: x W^T + b over the last dimension; further dimensions are positions that share the weights.
 *
 * <p>Attributes: {@code out_features}; {@code bias} (true by default); {@code in_features}, which the input's shape
 * already says. Parameters: {@code weight} [out, in], {@code bias} [out].
 */
record Linear(Shape input, long outFeatures, boolean bias) implements Operator {
    static Linear read(JsonFields fields, Operands in) {
        Shape shape = in.one("at least one dimension", 1, Integer.MAX_VALUE);
        Operands.confirm(fields, "in_features", shape.extent(-1));
        return new Linear(shape, fields.whole("out_features", 1, ModelGraph.MAX_WIDTH), fields.flag("bias", true));
    }

    private long inFeatures() {
        return input.extent(-1);
    }

    @Override
    public Shape output() {
        return input.with(-1, outFeatures);
    }

    @Override
    public List<Parameter> parameters() {
        Distribution initial = Distribution.Uniform.fanIn(inFeatures());
        return Parameter.weightAndBias(Shape.of(outFeatures, inFeatures()), bias, initial);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String x = inputs.get(0);
        String z = tape.tap("torch.linear(%s, %s, %s)"
                .formatted(x, tape.parameter("weight"), bias ? tape.parameter("bias") : "None"));
        boolean single = input.rank() == 1;
        tape.perSample(new OuterProducts(
                "weight",
                bias ? Optional.of("bias") : Optional.empty(),
                single ? tape.gradient(z) : byPosition(tape, tape.gradient(z), outFeatures),
                single ? x : byPosition(tape, x, inFeatures()),
                1,
                outFeatures,
                inFeatures(),
                positions()));
        return z;
    }

    private long positions() {
        return input.sizeOf(0, input.rank() - 1);
    }

    /** From [batch, ..., features] to [batch, features, positions]. */
    private String byPosition(Tape tape, String x, long features) {
        return tape.afterwards("torch.transpose(torch.reshape(%s, [%s, %d, %d]), 1, 2)"
                .formatted(x, tape.batch(), positions(), features));
    }
}
