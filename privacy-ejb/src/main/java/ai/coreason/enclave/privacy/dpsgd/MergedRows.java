package ai.coreason.enclave.privacy.dpsgd;

/**
 * TorchScript of the gradients of single examples or units to the rows of a table that they use: what several positions add
 * to one row is summed. Rows are told apart by their rank among the unit's sorted indices, so that the result is as large as
 * the gradients at the positions, however many rows the table has.
 */
final class MergedRows {
    private MergedRows() {}

    /**
     * Writes the statements.
     *
     * @param units variable of the number of units
     * @param indices variable of the rows used, [units, positions]
     * @param gradients variable of the gradients at the positions, [units, positions, width]
     * @return the variable of the merged gradients, [units, positions * width], zero where no row is left
     */
    static String write(Script script, String units, String indices, String gradients, long width) {
        String positions = script.let("torch.size(%s, 1)", indices);
        String sorted = script.let("torch.sort(%s, 1, False)", indices);
        String values = script.let("(%s)[0]", sorted);
        String order = script.let("(%s)[1]", sorted);
        String steps = script.let(
                "torch.to(torch.ne(torch.slice(%1$s, 1, 1, %2$s), torch.slice(%1$s, 1, 0, -1)), 4)", values, positions);
        String ranks = script.let("torch.constant_pad_nd(torch.cumsum(%s, 1), [1, 0], 0)", steps);
        String own = script.let(
                "torch.add(%s, torch.unsqueeze(torch.mul(torch.arange(%s), %s), 1))", ranks, units, positions);
        String places = script.let("torch.scatter(torch.zeros_like(%1$s), 1, %2$s, %1$s)", own, order);
        return script.let(
                "torch.reshape(torch.index_add_(torch.zeros([torch.mul(%1$s, %2$s), %3$d]), 0, torch.flatten(%4$s),"
                        + " torch.flatten(%5$s, 0, 1)), [%1$s, torch.mul(%2$s, %3$d)])",
                units, positions, width, places, gradients);
    }
}
