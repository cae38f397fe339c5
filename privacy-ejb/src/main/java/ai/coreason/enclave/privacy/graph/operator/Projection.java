package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.OuterProducts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * x W^T + b over the last dimension of a value [positions..., columns]: the part of an operator that is a
 * {@code torch.nn.Linear}.
 *
 * @param weight the weight's name
 * @param bias the bias's name, if there is one
 * @param columns inputs
 * @param rows outputs
 * @param positions places that share the weight
 * @param vector whether the value is [columns], without a dimension of positions
 */
record Projection(String weight, Optional<String> bias, long columns, long rows, long positions, boolean vector) {
    /** A projection of a value that has a dimension of positions. */
    Projection(String weight, Optional<String> bias, long columns, long rows, long positions) {
        this(weight, bias, columns, rows, positions, false);
    }

    /** Weight [rows, columns] and bias [rows]. */
    List<Parameter> parameters(Distribution ofWeight, Distribution ofBias) {
        List<Parameter> out = new ArrayList<>();
        out.add(new Parameter(weight, Shape.of(rows, columns), ofWeight));
        bias.ifPresent(name -> out.add(new Parameter(name, Shape.of(rows), ofBias)));
        return out;
    }

    /** Writes the tapped projection of {@code x}, [batch, ..., columns], and the form of its gradients. */
    String write(Tape tape, String x) {
        String z = tape.tap("torch.linear(%s, %s, %s)"
                .formatted(x, tape.parameter(weight), bias.map(tape::parameter).orElse("None")));
        perSample(tape, x, tape.gradient(z));
        return z;
    }

    /** States the form of the gradients, given the inputs [batch, ..., columns] and the gradients [batch, ..., rows]. */
    void perSample(Tape tape, String x, String gradient) {
        String outputs = byPosition(tape, gradient, rows);
        String inputs = byPosition(tape, x, columns);
        tape.perSample(new OuterProducts(weight, bias, outputs, inputs, 1, rows, columns, positions));
    }

    /** From [batch, ..., features] to [batch, features, positions], or [batch, features] at one position. */
    private String byPosition(Tape tape, String x, long features) {
        if (vector) {
            return x;
        }
        return tape.afterwards(
                positions == 1
                        ? "torch.reshape(%s, [%s, %d])".formatted(x, tape.batch(), features)
                        : "torch.transpose(torch.reshape(%s, [%s, %d, %d]), 1, 2)"
                                .formatted(x, tape.batch(), positions, features));
    }

    /** About how many floats the gradient of one example takes. */
    long floats() {
        return OuterProducts.floats(1, rows, columns, positions);
    }
}
