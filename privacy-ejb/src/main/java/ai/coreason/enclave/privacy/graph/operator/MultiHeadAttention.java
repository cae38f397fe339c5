package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code torch.nn.MultiheadAttention} of a sequence [steps, features] to itself (query, key and value are the one input),
 * as with {@code batch_first}; gives the attended values alone (Vaswani et al. 2017, section 3.2).
 *
 * <p>Attributes: {@code num_heads}, {@code bias} (true), {@code dropout} of the attention weights (0); {@code embed_dim},
 * which the input's shape already says. Parameters: {@code in_proj_weight} [3 features, features], {@code in_proj_bias} [3
 * features], {@code out_proj.weight} [features, features], {@code out_proj.bias} [features].
 */
record MultiHeadAttention(Shape output, long heads, Projection in, Projection out, double dropout) implements Operator {
    static MultiHeadAttention read(JsonFields fields, Operands operands) {
        Shape shape = operands.one("[steps, features]", 2, 2);
        long steps = shape.extent(0);
        long features = shape.extent(1);
        Operands.confirm(fields, "embed_dim", features);
        Recurrent.requireBatchFirst(fields);
        long heads = fields.whole("num_heads", 1, Shape.MAX_WIDTH);
        if (features % heads != 0) {
            throw InvalidDocument.at(fields.at("num_heads"), "a divisor of " + features + " features", heads);
        }
        boolean bias = fields.flag("bias", true);
        Optional<String> inBias = bias ? Optional.of("in_proj_bias") : Optional.empty();
        Optional<String> outBias = bias ? Optional.of("out_proj.bias") : Optional.empty();
        return new MultiHeadAttention(
                shape,
                heads,
                new Projection("in_proj_weight", inBias, features, 3 * features, steps),
                new Projection("out_proj.weight", outBias, features, features, steps),
                Dropout.probability(fields, "dropout", 0));
    }

    private long steps() {
        return output.extent(0);
    }

    private long features() {
        return output.extent(1);
    }

    /** In the order of PyTorch's {@code state_dict}. */
    @Override
    public List<Parameter> parameters() {
        Distribution zeros = new Distribution.Constant(0);
        List<Parameter> parameters = in.parameters(Distribution.Uniform.xavier(features(), 3 * features()), zeros);
        parameters.addAll(out.parameters(Distribution.Uniform.fanIn(features()), zeros));
        return List.copyOf(parameters);
    }

    @Override
    public long floatsPerExample() {
        return in.floats()
                + out.floats()
                + 12 * output.size()
                + 4 * Shape.of(heads, steps(), steps()).size();
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String projected = in.write(tape, inputs.get(0));
        long width = features() / heads;
        String parts = tape.forward("torch.permute(torch.reshape(%s, [%s, %d, 3, %d, %d]), [2, 0, 3, 1, 4])"
                .formatted(projected, tape.batch(), steps(), heads, width));
        String[] qkv = new String[3];
        for (int i = 0; i < 3; i++) {
            qkv[i] = tape.forward("torch.reshape(torch.select(%s, 0, %d), [torch.mul(%s, %d), %d, %d])"
                    .formatted(parts, i, tape.batch(), heads, steps(), width));
        }
        String scores = tape.forward("torch.bmm(torch.mul(%s, %s), torch.transpose(%s, 1, 2))"
                .formatted(qkv[0], String.format(Locale.ROOT, "%.17g", 1 / Math.sqrt(width)), qkv[1]));
        String weights = tape.forward("torch.softmax(%s, -1)".formatted(scores));
        if (dropout > 0) {
            String byExample = tape.forward(
                    "torch.reshape(%s, [%s, %d, %d, %d])".formatted(weights, tape.batch(), heads, steps(), steps()));
            String dropped = tape.dropout(byExample, Shape.of(heads, steps(), steps()), dropout);
            weights = tape.forward("torch.reshape(%s, [torch.mul(%s, %d), %d, %d])"
                    .formatted(dropped, tape.batch(), heads, steps(), steps()));
        }
        String attended = tape.forward(
                "torch.reshape(torch.transpose(torch.reshape(torch.bmm(%s, %s), [%s, %d, %d, %d]), 1, 2), [%s, %d, %d])"
                        .formatted(
                                weights,
                                qkv[2],
                                tape.batch(),
                                heads,
                                steps(),
                                width,
                                tape.batch(),
                                steps(),
                                features()));
        return out.write(tape, attended);
    }
}
