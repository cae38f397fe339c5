package ai.coreason.enclave.privacy.dpsgd;

/**
 * TorchScript of the gradients of single examples or units to the rows of a table that they use: what several positions add to one
 * row is summed. The positions of a batch are sorted once by row and unit, so that what a unit adds to a row lies side by side and
 * is summed as a bag of an {@code embedding_bag}; so does then what the batch adds to it. Nothing is as large as the
 * table for each unit.
 *
 * @param squaredNorms variable of upper bounds of the squared norms, [units], in double precision
 * @param merged variable of the sums of each unit and row that it uses, [sums, width], sorted by row and unit
 * @param rows variable of their rows, [sums]
 * @param of variable of their units, [sums]
 */
record MergedRows(String squaredNorms, String merged, String rows, String of) {
    /** Bits for a unit's number in a call, which stand below the row in a key: to divide would take longer. */
    private static final int UNIT_BITS = Integer.SIZE - Integer.numberOfLeadingZeros(CallSizes.MOST - 1);

    /**
     * Writes the statements for the norms.
     *
     * @param units variable of the number of units
     * @param indices variable of the rows used, [units, positions]
     * @param gradients variable of the gradients at the positions, [units, positions, width]
     */
    static MergedRows write(Script script, String units, String indices, String gradients, long width) {
        String keys = script.let(
                "torch.flatten(torch.add(torch.mul(%s, %d), torch.unsqueeze(torch.arange(%s), 1)))",
                indices, 1 << UNIT_BITS, units);
        String sorted = script.let("torch.sort(%s, stable=True, dim=0, descending=False)", keys);
        String values = script.let("(%s)[0]", sorted);
        String order = script.let("(%s)[1]", sorted);
        String before = script.let("torch.slice(torch.constant_pad_nd(%s, [1, 0], -1), 0, 0, -1)", values);
        String starts = script.let("torch.flatten(torch.nonzero(torch.ne(%s, %s)))", values, before);
        String merged = script.let(bags("torch.flatten(%s, 0, 1)".formatted(gradients), order, starts));
        String used = script.let("torch.index_select(%s, 0, %s)", values, starts);
        String of = script.let("torch.bitwise_and(%s, %d)", used, (1 << UNIT_BITS) - 1);
        String rows = script.let("torch.bitwise_right_shift(%s, %d)", used, UNIT_BITS);
        String sums = script.let(
                "torch.index_add_(torch.zeros([%s], dtype=7), 0, %s, %s)",
                units, of, UpperNorms.squared(script, merged, width));
        return new MergedRows(sums, merged, rows, of);
    }

    /**
     * Writes the addition of the sums, each times its unit's factor, to a table.
     *
     * @param table expression of it
     * @param height its rows
     * @param factor expression of the units' factors, of the table's precision
     * @param exact whether that is double precision
     */
    void add(Script script, String table, long height, String factor, boolean exact) {
        String factors = script.let("torch.unsqueeze(torch.index_select(%s, 0, %s), 1)", factor, of);
        if (exact) {
            script.let("torch.index_add_(%s, 0, %s, torch.mul(torch.to(%s, 7), %s))", table, rows, merged, factors);
            return;
        }
        String scaled = script.let("torch.mul(%s, %s)", merged, factors);
        String counts = script.let("torch.bincount(%s, None, %d)", rows, height);
        String starts = script.let("torch.sub(torch.cumsum(%1$s, 0), %1$s)", counts);
        String order = script.let("torch.arange(torch.size(%s, 0))", rows);
        script.let("torch.add_(%s, %s)", table, bags(scaled, order, starts));
    }

    /** The sums of the vectors from each start to the next. */
    private static String bags(String vectors, String order, String starts) {
        return "(torch._embedding_bag_forward_only(%s, %s, %s, False, 0, False, None, False, -1))[0]"
                .formatted(vectors, order, starts);
    }
}
