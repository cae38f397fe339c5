package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.Formed;
import java.util.List;

/**
 * A learned embedding of positions, added to an input [positions, features]: what {@code x + embedding(arange(positions))}
 * is with a {@code torch.nn.Embedding}. Parameter: {@code weight} [positions, features].
 */
record PositionEmbedding(Shape output) implements Operator {
    static PositionEmbedding read(Operands in) {
        return new PositionEmbedding(in.one("[positions, features]", 2, 2));
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(new Parameter("weight", output, new Distribution.StandardNormal()));
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String z = tape.tap("torch.add(%s, %s)".formatted(inputs.get(0), tape.parameter("weight")));
        String gradient =
                tape.afterwards("torch.reshape(%s, [%s, %d])".formatted(tape.gradient(z), tape.batch(), output.size()));
        tape.perSample(new Formed("weight", gradient, output.size()));
        return z;
    }
}
