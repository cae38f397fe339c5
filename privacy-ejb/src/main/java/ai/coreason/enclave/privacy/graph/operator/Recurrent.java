package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torch.nn.LSTM} or {@code torch.nn.GRU} over a sequence [steps, features], as with {@code batch_first}, from a state
 * of zeros; gives the last layer's state after every step, [steps, hidden_size], or [steps, 2 hidden_size] if
 * bidirectional. The last step is {@code select} with {@code dim} 1 and {@code index} -1.
 *
 * <p>Attributes: {@code hidden_size}, {@code num_layers} (1, at most 8), {@code bias} (true), {@code bidirectional} (false),
 * {@code dropout} between layers (0); {@code input_size}, which the input's shape already says. Parameters of each layer:
 * {@code weight_ih_l0} [gates, features], {@code weight_hh_l0} [gates, hidden], {@code bias_ih_l0} and {@code bias_hh_l0}
 * [gates]; then the same ending in {@code _reverse} if bidirectional.
 *
 * @param runs one for each layer and direction, in PyTorch's order
 * @param directions 1 or 2
 */
record Recurrent(Shape output, List<RecurrentRun> runs, int directions, double dropout) implements Operator {
    private static final long MAX_LAYERS = 8;

    static Recurrent readLstm(JsonFields fields, Operands in) {
        return read(fields, in, RecurrentRun.Cell.LSTM);
    }

    static Recurrent readGru(JsonFields fields, Operands in) {
        return read(fields, in, RecurrentRun.Cell.GRU);
    }

    private static Recurrent read(JsonFields fields, Operands in, RecurrentRun.Cell cell) {
        Shape shape = in.one("[steps, features]", 2, 2);
        Operands.confirm(fields, "input_size", shape.extent(1));
        requireBatchFirst(fields);
        long hidden = fields.whole("hidden_size", 1, Shape.MAX_WIDTH);
        long layers = fields.whole("num_layers", 1, MAX_LAYERS, 1);
        boolean bias = fields.flag("bias", true);
        int directions = fields.flag("bidirectional", false) ? 2 : 1;
        List<RecurrentRun> runs = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            long features = layer == 0 ? shape.extent(1) : directions * hidden;
            for (int direction = 0; direction < directions; direction++) {
                runs.add(new RecurrentRun(cell, layer, direction == 1, shape.extent(0), features, hidden, bias));
            }
        }
        double dropout = Dropout.probability(fields, "dropout", 0);
        return new Recurrent(shape.with(1, directions * hidden), List.copyOf(runs), directions, dropout);
    }

    /** Refuses {@code batch_first: false}: the batch is dimension 0 everywhere. */
    static void requireBatchFirst(JsonFields fields) {
        if (!fields.flag("batch_first", true)) {
            throw InvalidDocument.at(fields.at("batch_first"), "true, as the batch is dimension 0", false);
        }
    }

    @Override
    public List<Parameter> parameters() {
        return runs.stream().flatMap(run -> run.parameters().stream()).toList();
    }

    @Override
    public long floatsPerExample() {
        return runs.stream().mapToLong(RecurrentRun::floats).sum();
    }

    @Override
    public String write(Tape tape, List<String> inputs) {
        String x = inputs.get(0);
        for (int first = 0; first < runs.size(); first += directions) {
            if (first > 0) {
                x = tape.dropout(x, output, dropout);
            }
            String forward = runs.get(first).write(tape, x);
            x = directions == 1
                    ? forward
                    : tape.forward("torch.cat([%s, %s], 2)"
                            .formatted(forward, runs.get(first + 1).write(tape, x)));
        }
        return x;
    }
}
