package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.PerSampleGradient.TableRows;

/**
 * TorchScript of the gradients of single examples to the rows of a table that they use: what several positions add to one
 * row is summed. The positions of a batch are sorted once by row and example, so that both what an example adds to a row and
 * what the batch adds to it lie side by side and are summed as bags of an {@code embedding_bag}. Nothing is as large as the
 * table for each example.
 *
 * @param squaredNorms variable of the squared norms, [batch]
 * @param order variable of the positions in the sorted order, [batch * positions]
 */
record MergedRows(String squaredNorms, String order) {
    /** Writes the statements for the norms. */
    static MergedRows write(Script script, TableRows table) {
        String keys = script.let(
                "torch.flatten(torch.add(torch.mul(%s, batch), torch.unsqueeze(torch.arange(batch), 1)))",
                table.indices());
        String sorted = script.let("torch.sort(%s)", keys);
        String values = script.let("(%s)[0]", sorted);
        String order = script.let("(%s)[1]", sorted);
        String before = script.let("torch.slice(torch.constant_pad_nd(%s, [1, 0], -1), 0, 0, -1)", values);
        String starts = script.let("torch.flatten(torch.nonzero(torch.ne(%s, %s)))", values, before);
        String merged = script.let(bags("torch.flatten(%s, 0, 1)".formatted(table.gradients()), order, starts));
        String squares = script.let("torch.sum(torch.mul(%1$s, %1$s), [1])", merged);
        String examples = script.let("torch.remainder(torch.index_select(%s, 0, %s), batch)", values, starts);
        return new MergedRows(
                script.let("torch.index_add_(torch.zeros([batch]), 0, %s, %s)", examples, squares), order);
    }

    /** Writes the sum of gradients [batch, positions, width] by row; gives its variable, of the table's shape. */
    String sum(Script script, TableRows table, String gradients) {
        String counts = script.let("torch.bincount(torch.flatten(%s), None, %d)", table.indices(), table.rows());
        String starts = script.let("torch.sub(torch.cumsum(%1$s, 0), %1$s)", counts);
        return script.let(bags("torch.flatten(%s, 0, 1)".formatted(gradients), order, starts));
    }

    /** The sums of the vectors from each start to the next. */
    private static String bags(String vectors, String order, String starts) {
        return "(torch._embedding_bag_forward_only(%s, %s, %s, False, 0, False, None, False, -1))[0]"
                .formatted(vectors, order, starts);
    }
}
