package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.PerSampleGradient.OuterProducts;

/**
 * TorchScript of upper bounds of squared norms, whatever the numbers. Sums of squares are made in single precision by parts
 * of at most 256, then in double: what rounds is at most 262 u of it, u = 2^-24, which the factor 1 + 2^-15 covers; a
 * square too small for single precision is off by at most 2^-126, which is added for each. One too large makes the bound
 * infinite, and the unit is left out.
 */
final class UpperNorms {
    private static final long MOST_PART = 256;
    private static final long LEAST_PART = 16;
    private static final String INFLATION = Double.toString(1 + 0x1p-15);

    private UpperNorms() {}

    /** The variable of the bounds of the rows of [rows, size], in double precision. */
    static String squared(Script script, String rows, long size) {
        return script.let(
                "torch.add(torch.mul(%s, %s), %s)", sums(rows, size), INFLATION, Double.toString(size * 0x1p-126));
    }

    /** Where a size has no fitting divisor, the squares are copied. */
    private static String sums(String rows, long size) {
        long part = Math.min(size, MOST_PART);
        while (size % part != 0) {
            part--;
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
