package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.TableRows;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code torch.nn.Embedding}: for each whole number of the input, of any shape, that row of a table.
 *
 * <p>Attributes: {@code num_embeddings} (the numbers are below it), {@code embedding_dim}, {@code padding_idx} (a row that
 * stays as it is; none by default). Parameter: {@code weight} [num_embeddings, embedding_dim].
 */
public record Embedding(Shape input, long rows, long width, OptionalLong padding) implements Operator {
    static Embedding read(JsonFields fields, Operands in) {
        Shape shape = in.oneOfIndices();
        long rows = fields.whole("num_embeddings", 1, Shape.MAX_WIDTH);
        long width = fields.whole("embedding_dim", 1, Shape.MAX_WIDTH);
        OptionalLong padding = OptionalLong.empty();
        if (fields.has("padding_idx")) {
            padding = OptionalLong.of(Math.floorMod(fields.whole("padding_idx", -rows, rows - 1), rows));
        }
        return new Embedding(shape, rows, width, padding);
    }

    @Override
    public Shape output() {
        List<Long> extents = new ArrayList<>(input.extents());
        extents.add(width);
        return new Shape(extents);
    }

    @Override
    public List<Parameter> parameters() {
        Distribution normal = new Distribution.StandardNormal();
        Distribution initial =
                padding.isPresent() ? new Distribution.ZeroRow(normal, padding.getAsLong(), width) : normal;
        return List.of(new Parameter("weight", Shape.of(rows, width), initial));
    }

    @Override
    public long floatsPerExample() {
        return 3 * output().size() + 8 * input.size();
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String z = tape.tap("torch.embedding(%s, %s, %d, False, False)"
                .formatted(tape.parameter("weight"), inputs.get(0), padding.orElse(-1)));
        String indices =
                tape.afterwards("torch.reshape(%s, [%s, %d])".formatted(inputs.get(0), tape.batch(), input.size()));
        String gradients = tape.afterwards(
                "torch.reshape(%s, [%s, %d, %d])".formatted(tape.gradient(z), tape.batch(), input.size(), width));
        if (padding.isPresent()) {
            gradients = tape.afterwards("torch.mul(%s, torch.unsqueeze(torch.ne(%s, %d), 2))"
                    .formatted(gradients, indices, padding.getAsLong()));
        }
        tape.perSample(new TableRows("weight", indices, gradients, rows, width, input.size()));
        return z;
    }
}
