package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.ModelGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * TorchScript of a step of ordinary gradient descent: the graph's own {@code loss} over a batch, one backward pass to the
 * parameters, and the update in place. What differential privacy costs is measured against it.
 */
final class PlainStep {
    private static final Pattern PARAMETER = Pattern.compile("(v\\d+) = (torch\\.as_strided\\(w, .*)");

    private PlainStep() {}

    /** {@code forward(index, x, y, w)}: makes one step over the examples at {@code index} and gives their summed loss. */
    static String source(ModelGraph graph, double rate) {
        String program = new StepProgram(graph, new ParameterLayout(graph), 1).source();
        String body = "Tensor) -> Tensor:\n";
        int start = program.indexOf(body, program.indexOf("  def loss(self")) + body.length();
        String loss = program.substring(start, program.indexOf("    return loss\n"));
        List<String> parameters = new ArrayList<>();
        String tracked = PARAMETER.matcher(loss).replaceAll(match -> {
            parameters.add(match.group(1));
            return Matcher.quoteReplacement(match.group(1) + " = torch.requires_grad_(" + match.group(2) + ")");
        });
        StringBuilder out = new StringBuilder("  def forward(self: __torch__." + StepProgram.CLASS
                + ",\n    index: Tensor,\n    x: Tensor,\n    y: Tensor,\n    w: Tensor) -> Tensor:\n"
                + "    m0 = torch.set_grad_enabled(True)\n"
                + "    x0 = torch.index_select(x, 0, index)\n    y0 = torch.index_select(y, 0, index)\n" + tracked);
        out.append("    gradients = torch.autograd.grad([loss], [%s])\n".formatted(String.join(", ", parameters)))
                .append("    m1 = torch.set_grad_enabled(False)\n");
        for (int i = 0; i < parameters.size(); i++) {
            out.append("    g%d = unchecked_cast(Tensor, gradients[%d])\n".formatted(i, i))
                    .append("    u%d = torch.add_(%s, g%d, alpha=%s)\n".formatted(i, parameters.get(i), i, -rate));
        }
        out.append("    return loss\n");
        return program.substring(0, program.indexOf("  def forward(self"))
                + program.substring(program.indexOf("  def loss(self"))
                + out;
    }
}
