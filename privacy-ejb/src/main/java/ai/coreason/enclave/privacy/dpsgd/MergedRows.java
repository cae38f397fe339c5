package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.PerSampleGradient.TableRows;

/**
 * TorchScript of the gradients of single examples to the rows of a table that they use: what several positions add to one
 * row is summed. Rows are told apart by their rank among the example's sorted indices, so that the result is as large as
 * the gradients at the positions, however many rows the table has.
 */
final class MergedRows {
    private MergedRows() {}

    /** Writes the statements; gives the variable [batch, positions * width], zero where no row is left. */
    static String write(Script script, TableRows table) {
        long positions = table.positions();
        String sorted = script.let("torch.sort(%s, 1, False)", table.indices());
        String values = script.let("(%s)[0]", sorted);
        String order = script.let("(%s)[1]", sorted);
        String steps = script.let(
                "torch.to(torch.ne(torch.slice(%1$s, 1, 1, %2$d), torch.slice(%1$s, 1, 0, %3$d)), 4)",
                values, positions, positions - 1);
        String ranks = script.let("torch.constant_pad_nd(torch.cumsum(%s, 1), [1, 0], 0)", steps);
        String own =
                script.let("torch.add(%s, torch.unsqueeze(torch.mul(torch.arange(batch), %d), 1))", ranks, positions);
        String places = script.let("torch.scatter(torch.zeros_like(%1$s), 1, %2$s, %1$s)", own, order);
        return script.let(
                "torch.reshape(torch.index_add_(torch.zeros([torch.mul(batch, %1$d), %2$d]), 0, torch.flatten(%3$s),"
                        + " torch.flatten(%4$s, 0, 1)), [batch, %5$d])",
                positions, table.width(), places, table.gradients(), positions * table.width());
    }
}
