package ai.coreason.enclave.privacy.graph.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One layer of a recurrent network in one direction.
 *
 * <p>The inputs of all steps are projected at once, and that projection is the only tap: the gates of a step are its
 * projection plus a term of the state before, so the gradient to the projection is the one to the gates, and with it come
 * the gradients to both weights, as sums over steps of outer products.
 */
record RecurrentRun(Cell cell, int layer, boolean reverse, long steps, long features, long hidden, boolean bias) {
    /** The kind of a step, with its gates in PyTorch's order. */
    enum Cell {
        /** Gates i, f, g, o (Hochreiter and Schmidhuber 1997; Gers et al. 2000). */
        LSTM(4, new Subroutine("lstm", "p: Tensor, w: Tensor", """
                steps = torch.unbind(p, 1)
                out = annotate(List[Tensor], [])
                u = torch.t(w)
                h = torch.zeros([torch.size(p, 0), torch.size(w, 1)])
                c = h
                for t in range(torch.len(steps)):
                  i, f, g, o, = torch.chunk(torch.addmm(steps[t], h, u), 4, 1)
                  c = torch.addcmul(torch.mul(torch.sigmoid(f), c), torch.sigmoid(i), torch.tanh(g))
                  h = torch.mul(torch.sigmoid(o), torch.tanh(c))
                  _0 = torch.append(out, h)
                return torch.stack(out, 1)
                """)),
        /** Gates r, z, n (Cho et al. 2014), the reset gate applied after the multiplication. */
        GRU(3, new Subroutine("gru", "p: Tensor, w: Tensor, b: Optional[Tensor]", """
                steps = torch.unbind(p, 1)
                out = annotate(List[Tensor], [])
                h = torch.zeros([torch.size(p, 0), torch.size(w, 1)])
                for t in range(torch.len(steps)):
                  a, d, m, = torch.chunk(steps[t], 3, 1)
                  e, f, q, = torch.chunk(torch.linear(h, w, b), 3, 1)
                  n = torch.tanh(torch.addcmul(m, torch.sigmoid(torch.add(a, e)), q))
                  z = torch.sigmoid(torch.add(d, f))
                  h = torch.add(n, torch.mul(z, torch.sub(h, n)))
                  _0 = torch.append(out, h)
                return torch.stack(out, 1)
                """));

        private final int gates;
        private final Subroutine steps;

        Cell(int gates, Subroutine steps) {
            this.gates = gates;
            this.steps = steps;
        }
    }

    private long rows() {
        return cell.gates * hidden;
    }

    private String named(String parameter) {
        return parameter + "_l" + layer + (reverse ? "_reverse" : "");
    }

    private Projection ofInput() {
        return new Projection(named("weight_ih"), biasNamed("bias_ih"), features, rows(), steps);
    }

    private Projection ofState() {
        return new Projection(named("weight_hh"), biasNamed("bias_hh"), hidden, rows(), steps);
    }

    private Optional<String> biasNamed(String parameter) {
        return bias ? Optional.of(named(parameter)) : Optional.empty();
    }

    /** Weights before biases, as in PyTorch's {@code state_dict}. */
    List<Parameter> parameters() {
        Distribution initial = Distribution.Uniform.fanIn(hidden);
        List<Parameter> input = ofInput().parameters(initial, initial);
        List<Parameter> state = ofState().parameters(initial, initial);
        List<Parameter> out = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            out.add(input.get(i));
            out.add(state.get(i));
        }
        return out;
    }

    /** About how many floats one example takes: what the backward pass keeps of each step, and the gradients' forms. */
    long floats() {
        return ofInput().floats() + ofState().floats() + steps * hidden * 6 * cell.gates;
    }

    /** Writes the states after every step, [batch, steps, hidden], of {@code x}, [batch, steps, features]. */
    String write(Tape tape, String x) {
        String inputs = reverse ? tape.forward("torch.flip(%s, [1])".formatted(x)) : x;
        String weight = tape.parameter(named("weight_hh"));
        Optional<String> stateBias = biasNamed("bias_hh").map(tape::parameter);
        String projected = project(tape, inputs, stateBias);
        String states = cell == Cell.LSTM
                ? tape.call(cell.steps, projected, weight)
                : tape.call(cell.steps, projected, weight, stateBias.orElse("None"));
        String before = tape.afterwards(
                "torch.constant_pad_nd(torch.slice(%s, 1, 0, %d), [0, 0, 1, 0], 0)".formatted(states, steps - 1));
        String gates = tape.gradient(projected);
        ofInput().perSample(tape, inputs, gates);
        ofState().perSample(tape, before, cell == Cell.LSTM ? gates : afterReset(tape, projected, before, gates));
        return reverse ? tape.forward("torch.flip(%s, [1])".formatted(states)) : states;
    }

    /** The inputs' share of the gates; an LSTM adds both biases in one place, a GRU the state's with its weight. */
    private String project(Tape tape, String inputs, Optional<String> stateBias) {
        Optional<String> bias = biasNamed("bias_ih").map(tape::parameter);
        Optional<String> added = cell == Cell.LSTM
                ? bias.map(b -> tape.forward("torch.add(%s, %s)".formatted(b, stateBias.orElseThrow())))
                : bias;
        return tape.tap(
                "torch.linear(%s, %s, %s)".formatted(inputs, tape.parameter(named("weight_ih")), added.orElse("None")));
    }

    /** The gradients to the state's share of a GRU's gates: that of n went through the reset gate r. */
    private String afterReset(Tape tape, String projected, String before, String gates) {
        String share = tape.afterwards("torch.linear(%s, torch.slice(%s, 0, 0, %d), %s)"
                .formatted(
                        before,
                        tape.parameter(named("weight_hh")),
                        hidden,
                        bias
                                ? "torch.slice(%s, 0, 0, %d)".formatted(tape.parameter(named("bias_hh")), hidden)
                                : "None"));
        String reset = tape.afterwards(
                "torch.sigmoid(torch.add(torch.slice(%s, 2, 0, %d), %s))".formatted(projected, hidden, share));
        return tape.afterwards(
                "torch.cat([torch.slice(%1$s, 2, 0, %2$d), torch.mul(torch.slice(%1$s, 2, %2$d), %3$s)], 2)"
                        .formatted(gates, 2 * hidden, reset));
    }
}
