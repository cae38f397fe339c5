package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import java.util.List;

/**
 * {@code torch.nn.Dropout}: in training, sets each element to 0 with probability {@code p} (0.5 by default, below 1) and
 * divides the others by 1 - p; the identity in prediction.
 */
record Dropout(Shape output, double p) implements Operator {
    private static final Range RANGE = new Range(0, false, 1, true, "a number in [0, 1)");

    static Dropout read(JsonFields fields, Operands in) {
        return new Dropout(in.one(), probability(fields, "p", 0.5));
    }

    /** Reads the probability of dropping an element. */
    static double probability(JsonFields fields, String name, double otherwise) {
        return fields.number(name, RANGE, otherwise);
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.dropout(inputs.get(0), output, p);
    }
}
