package ai.coreason.enclave.privacy.dpsgd;

/**
 * TorchScript of the gradients of single examples or units to the rows of a table that they use: what several positions add to one
 * row is summed. The positions of a batch are sorted once by row and unit, so that both what a unit adds to a row and
 * what the batch adds to it lie side by side and are summed as bags of an {@code embedding_bag}. Nothing is as large as the
 * table for each unit.
 *
 * @param squaredNorms variable of the squared norms, [units]
 * @param order variable of the positions in the sorted order, [units * positions]
 * @param indices variable of the rows used, [units, positions]
 */
record MergedRows(String squaredNorms, String order, String indices) {
    /**
     * Writes the statements for the norms.
     *
     * @param units variable of the number of units
     * @param indices variable of the rows used, [units, positions]
     * @param gradients variable of the gradients at the positions, [units, positions, width]
     */
    static MergedRows write(Script script, String units, String indices, String gradients) {
        String keys = script.let(
                "torch.flatten(torch.add(torch.mul(%1$s, %2$s), torch.unsqueeze(torch.arange(%2$s), 1)))",
                indices, units);
        String sorted = script.let("torch.sort(%s)", keys);
        String values = script.let("(%s)[0]", sorted);
        String order = script.let("(%s)[1]", sorted);
        String before = script.let("torch.slice(torch.constant_pad_nd(%s, [1, 0], -1), 0, 0, -1)", values);
        String starts = script.let("torch.flatten(torch.nonzero(torch.ne(%s, %s)))", values, before);
        String merged = script.let(bags("torch.flatten(%s, 0, 1)".formatted(gradients), order, starts));
        String squares = script.let("torch.sum(torch.mul(%1$s, %1$s), [1])", merged);
        String examples = script.let("torch.remainder(torch.index_select(%s, 0, %s), %s)", values, starts, units);
        // In double precision: one by one, many small squares would be lost beside a large one.
        String sums = script.let(
                "torch.index_add_(torch.zeros([%s], dtype=7), 0, %s, torch.to(%s, 7))", units, examples, squares);
        return new MergedRows(script.let("torch.to(%s, 6)", sums), order, indices);
    }

    /** Writes the sum of gradients [units, positions, width] by row; gives its variable, of the table's shape. */
    String sum(Script script, long rows, String gradients) {
        String counts = script.let("torch.bincount(torch.flatten(%s), None, %d)", indices, rows);
        String starts = script.let("torch.sub(torch.cumsum(%1$s, 0), %1$s)", counts);
        return script.let(bags("torch.flatten(%s, 0, 1)".formatted(gradients), order, starts));
    }

    /** The sums of the vectors from each start to the next. */
    private static String bags(String vectors, String order, String starts) {
        return "(torch._embedding_bag_forward_only(%s, %s, %s, False, 0, False, None, False, -1))[0]"
                .formatted(vectors, order, starts);
    }
}
