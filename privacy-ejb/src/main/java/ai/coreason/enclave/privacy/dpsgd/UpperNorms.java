package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.OuterProducts;
import java.util.ArrayList;
import java.util.List;

/**
 * TorchScript of squared norms, whatever the numbers, which are upper bounds once they are multiplied by {@link #INFLATION}. Sums
 * of squares are made in single precision by parts of at most 256, then in double: what rounds is at most 262 u of it, u = 2^-24; a
 * square too small for single precision is off by at most 2^-126, which is nothing beside a sum of at least 2^-106 for each.
 * One too large makes the norm infinite, and the unit is left out. A product of two such norms is off by twice as much: (1 + 262 u + 2^-20)^2 is below 1 + 2^-15 * 1.1.
 *
 * <p>One of these collects the parts of many tensors, whose norms are then cast, squared and bounded from below in one operation
 * each: the same numbers as one by one, with fewer calls of kernels that are short. Used once; not thread-safe.
 */
final class UpperNorms {
    private static final long MOST_PART = 256;
    private static final long LEAST_PART = 16;
    private static final double LEAST_SQUARE = 0x1p-106;

    /** What makes an upper bound of a squared norm, or of the product of two. */
    static final double INFLATION = 1 + 0x1.2p-15;

    private final Script script;
    private final List<String> single = new ArrayList<>();
    private final List<String> parts = new ArrayList<>();
    private final List<Long> widths = new ArrayList<>();
    private final String names;

    /** @param names of this script no other variable's name begins with that and an underscore */
    UpperNorms(Script script, String names) {
        this.script = script;
        this.names = names;
    }

    /** A tensor [units, size]. */
    record Rows(String variable, long size) {}

    /** The squared norms of the units' rows in double precision, [units]: an expression that holds after {@link #write()}. */
    String later(Rows rows) {
        return later(List.of(rows)).get(0);
    }

    /** Expressions as {@link #later(Rows)} gives whose sum is that over several tensors; at least one. */
    List<String> later(List<Rows> tensors) {
        List<String> out = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        long width = 0;
        for (Rows rows : tensors) {
            long part = part(rows.size());
            if (copied(part, rows.size())) {
                out.add(squared(script, rows.variable(), rows.size()));
            } else {
                columns.add(script.once(normsOfParts(rows.variable(), rows.size(), part, rows.size() == part)));
                width += rows.size() / part;
            }
        }
        if (width == 1) {
            single.addAll(columns);
            out.add("(%s_single)[%d]".formatted(names, single.size() - 1));
        } else if (width > 1) {
            parts.addAll(columns);
            widths.add(width);
            out.add("torch.sum((%s_parts)[%d], [1])".formatted(names, widths.size() - 1));
        }
        return out;
    }

    /** Writes the squares of all parts: a list of [units] and one of [units, parts]. */
    void write() {
        List<String> columns = new ArrayList<>(single);
        columns.addAll(parts);
        if (columns.isEmpty()) {
            return;
        }
        String squares = script.let(
                "torch.clamp_min(torch.square(torch.to(torch.cat([%s], 1), 7)), %s)",
                String.join(", ", columns), Double.toString(MOST_PART * LEAST_SQUARE));
        if (!single.isEmpty()) {
            script.assign(names + "_single", "torch.unbind(torch.slice(%s, 1, 0, %d), 1)", squares, single.size());
        }
        if (!parts.isEmpty()) {
            script.assign(
                    names + "_parts",
                    "torch.split_with_sizes(torch.slice(%s, 1, %d), %s, 1)",
                    squares,
                    single.size(),
                    widths);
        }
    }

    /** The variable of the squared norms of the rows of [rows, size], in double precision. */
    static String squared(Script script, String rows, long size) {
        return script.let("torch.clamp_min(%s, %s)", sums(rows, size), Double.toString(size * LEAST_SQUARE));
    }

    private static String sums(String rows, long size) {
        long part = part(size);
        if (copied(part, size)) {
            return "torch.sum(torch.mul(%1$s, %1$s), [1], False, dtype=7)".formatted(rows);
        }
        String squares = "torch.square(torch.to(%s, 7))".formatted(normsOfParts(rows, size, part, false));
        return part == size ? squares : "torch.sum(" + squares + ", [1])";
    }

    private static long part(long size) {
        long part = Math.min(size, MOST_PART);
        while (size % part != 0) {
            part--;
        }
        return part;
    }

    /** Where a size has no fitting divisor, the squares are copied. */
    private static boolean copied(long part, long size) {
        return part < Math.min(size, LEAST_PART);
    }

    /** [rows, size / part], or [rows] where there is one part and its dimension is not kept. */
    private static String normsOfParts(String rows, long size, long part, boolean kept) {
        return part == size
                ? "torch.linalg_vector_norm(%s, 2, [1], %s)".formatted(rows, kept ? "True" : "False")
                : "torch.linalg_vector_norm(torch.reshape(%s, [-1, %d, %d]), 2, [2])"
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
