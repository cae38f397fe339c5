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
        String parts = tape.forward("torch.unbind(torch.reshape(%s, [%s, %d, 3, %d, %d]), 2)"
                .formatted(projected, tape.batch(), steps(), heads, width));
        String[] qkv = new String[3];
        for (int i = 0; i < 3; i++) {
            qkv[i] = tape.forward("torch.transpose((%s)[%d], 1, 2)".formatted(parts, i));
        }
        String ofHeads = dropout > 0 ? dropped(tape, qkv, width) : fused(tape, qkv);
        String attended = tape.forward("torch.reshape(torch.transpose(%s, 1, 2), [%s, %d, %d])"
                .formatted(ofHeads, tape.batch(), steps(), features()));
        return out.write(tape, attended);
    }

    /**
     * One kernel for products and softmax, which takes each example's head on its own and copies nothing.
     *
     * @param qkv query, key and value, each [batch, heads, steps, width]
     * @return [batch, heads, steps, width]
     */
    private static String fused(Tape tape, String[] qkv) {
        return tape.forward("torch.scaled_dot_product_attention(%s, %s, %s)".formatted(qkv[0], qkv[1], qkv[2]));
    }

    /** The same with dropout of the attention weights, which the one kernel does not know. */
    private String dropped(Tape tape, String[] qkv, long width) {
        String[] flat = new String[3];
        for (int i = 0; i < 3; i++) {
            flat[i] = tape.forward("torch.reshape(%s, [torch.mul(%s, %d), %d, %d])"
                    .formatted(qkv[i], tape.batch(), heads, steps(), width));
        }
        String scores = tape.forward("torch.bmm(torch.mul(%s, %s), torch.transpose(%s, 1, 2))"
                .formatted(flat[0], String.format(Locale.ROOT, "%.17g", 1 / Math.sqrt(width)), flat[1]));
        String byExample = tape.forward("torch.reshape(torch.softmax(%s, -1), [%s, %d, %d, %d])"
                .formatted(scores, tape.batch(), heads, steps(), steps()));
        String weights = tape.forward("torch.reshape(%s, [torch.mul(%s, %d), %d, %d])"
                .formatted(
                        tape.dropout(byExample, Shape.of(heads, steps(), steps()), dropout),
                        tape.batch(),
                        heads,
                        steps(),
                        steps()));
        return tape.forward("torch.reshape(torch.bmm(%s, %s), [%s, %d, %d, %d])"
                .formatted(weights, flat[2], tape.batch(), heads, steps(), width));
    }
}
