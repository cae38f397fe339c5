package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.privacy.json.JsonFields;
import java.util.ArrayList;
import java.util.List;

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
        List<Parameter> out = new ArrayList<>();
        out.add(new Parameter("weight", Shape.of(outFeatures, inFeatures()), initial));
        if (bias) {
            out.add(new Parameter("bias", Shape.of(outFeatures), initial));
        }
        return List.copyOf(out);
    }
}
