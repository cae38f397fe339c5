package ai.coreason.enclave.privacy.graph;

import java.util.List;

/** A function of each element on its own, without parameters: {@code torch.relu}, {@code tanh} or {@code sigmoid}. */
record Activation(String function, Shape output) implements Operator {
    static Activation relu(Operands in) {
        return new Activation("relu", in.one());
    }

    static Activation tanh(Operands in) {
        return new Activation("tanh", in.one());
    }

    static Activation sigmoid(Operands in) {
        return new Activation("sigmoid", in.one());
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        return tape.forward("torch." + function + "(" + inputs.get(0) + ")");
    }
}
