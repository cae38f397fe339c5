package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.OuterProducts;

/**
 * TorchScript of squared norms, whatever the numbers, which are upper bounds once they are multiplied by {@link #INFLATION}. Sums
 * of squares are made in single precision by parts of at most 256, then in double: what rounds is at most 262 u of it, u = 2^-24; a
 * square too small for single precision is off by at most 2^-126, which is nothing beside a sum of at least 2^-106 for each.
 * One too large makes the norm infinite, and the unit is left out. A product of two such norms is off by twice as much: (1 + 262 u + 2^-20)^2 is below 1 + 2^-15 * 1.1.
 */
final class UpperNorms {
    private static final long MOST_PART = 256;
    private static final long LEAST_PART = 16;

    /** What makes an upper bound of a squared norm, or of the product of two. */
    static final double INFLATION = 1 + 0x1.2p-15;

    private UpperNorms() {}

    /** The variable of the squared norms of the rows of [rows, size], in double precision. */
    static String squared(Script script, String rows, long size) {
        return script.let("torch.clamp_min(%s, %s)", sums(rows, size), Double.toString(size * 0x1p-106));
    }

    /** Where a size has no fitting divisor, the squares are copied. */
    private static String sums(String rows, long size) {
        long part = Math.min(size, MOST_PART);
        while (size % part != 0) {
            part--;
        }
        if (part == size) {
            return "torch.square(torch.to(torch.linalg_vector_norm(%s, 2, [1]), 7))".formatted(rows);
        }
        if (part < Math.min(size, LEAST_PART)) {
            return "torch.sum(torch.mul(%1$s, %1$s), [1], False, dtype=7)".formatted(rows);
        }
        return "torch.sum(torch.square(torch.to(torch.linalg_vector_norm(torch.reshape(%s, [-1, %d, %d]), 2, [2]), 7)), [1])"
                .formatted(rows, size / part, part);
    }

    /**
     * What share of S^2 is added to the norm from Gram matrices, S the sum over positions of the products of norms: at
     * least what they may round by, and so much that S is at most {@link RoundingMargin#CANCELLING} times the bound.
     */
    static String shareOfPositions(OuterProducts p) {
        double rounding = 0x1p-52 * (p.rows() + p.columns() + (double) p.positions() * p.positions() + 8);
        double cancelling = 1 / (RoundingMargin.CANCELLING * RoundingMargin.CANCELLING);
        return Double.toString(Math.max(rounding, cancelling));
    }
}
