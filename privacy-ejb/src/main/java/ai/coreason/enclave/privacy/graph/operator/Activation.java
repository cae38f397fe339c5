package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import java.util.List;

/**
 * A function of each element on its own, without parameters: {@code torch.relu}, {@code tanh}, {@code sigmoid} or
 * {@code gelu}, whose attribute {@code approximate} is {@code none} (by default) or {@code tanh}.
 *
 * @param arguments what follows the value in the call
 */
record Activation(String function, String arguments, Shape output) implements Operator {
    static Activation relu(Operands in) {
        return new Activation("relu", "", in.one());
    }

    static Activation tanh(Operands in) {
        return new Activation("tanh", "", in.one());
    }

    static Activation sigmoid(Operands in) {
        return new Activation("sigmoid", "", in.one());
    }

    static Activation gelu(JsonFields fields, Operands in) {
        boolean exact = !fields.has("approximate")
                || fields.text("approximate", "\"none\" or \"tanh\"", s -> s.equals("none") || s.equals("tanh"))
                        .equals("none");
        return new Activation("gelu", ", approximate=\"" + (exact ? "none" : "tanh") + '"', in.one());
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch." + function + "(" + inputs.get(0) + arguments + ")");
    }
}
