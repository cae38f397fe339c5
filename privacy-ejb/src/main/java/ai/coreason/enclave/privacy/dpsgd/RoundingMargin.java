package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.plan.PlanRanges;

/**
 * By how much the clipping norm C is drawn in, so that adding or removing a unit moves the sum of clipped gradients by at most
 * C as it is computed, not only as it is meant; and into which parts a step's sum is divided so that this margin is enough.
 *
 * <p>What a unit adds, c g, depends on that unit alone, to the bit ({@link CallSizes}), and its norm is at most C' (1 + 8 u), u =
 * 2^-24: norms enter as upper bounds, and what is multiplied and rounded afterwards is rounded a few times. What is left
 * is that sums round, with the unit and without it, and not alike. A sum of b terms of norm at most C', in whatever order,
 * has partial sums of norms 1 C', 2 C', ... at most, each rounded by u of itself, and terms that are rounded by u: u b (b + 3) / 2
 * C' (Higham 2002, section 4.2). With n units in calls of at most b, whose sums are added in double precision, that is u n (b + 3) C'
 * for both sums. A step in single precision has n (b + 1) at most {@value #SINGLE} and n at most {@value #SINGLE_UNITS};
 * what is more is summed in double precision, where the same is 2^-29 of it. Where n passes from one to the other,
 * factors are rounded once more or less: 4 u n.
 *
 * <p>A product over positions whose norm comes from Gram matrices is summed in double precision. Its terms may be
 * {@link #CANCELLING} times as large as the clipped gradient, whose positions cancel one another; its rounding is 2^-53 n (b p + 2)
 * {@link #CANCELLING} C' each, p positions, and n b p is at most 2^29. A call that has one unit only rounds that unit alike
 * in both sums.
 *
 * <p>Numbers that are too small for single precision are off by 2^-149 each; with C within {@link PlanRanges#CLIP} that is
 * nothing, and is added all the same.
 *
 * @param relative to C
 * @param positions most positions over which a product is summed that is not formed for each unit; 0 if there is none
 */
public record RoundingMargin(double relative, long positions) {
    /** Most of C that a plan may lose. */
    static final double MOST = 0.01;

    /** How many times larger than its sum the positions of a unit may be before it is scaled down for that. */
    static final double CANCELLING = 0x1p13;

    private static final long SINGLE = 100_000;
    private static final long SINGLE_UNITS = 2_048;
    private static final long PRODUCTS = 1L << 29;
    private static final double UNIT = 0x1p-24;

    /** The margin for a program with so many trainable weights. */
    static RoundingMargin of(long positions, long trainable, double clip) {
        double sums = UNIT * (SINGLE + 2 * SINGLE_UNITS);
        double factors = 4 * UNIT * SINGLE_UNITS + 8 * UNIT;
        double products = positions == 0 ? 0 : 2 * UNIT * SINGLE_UNITS + 0x1p-52 * CANCELLING * 1.01 * PRODUCTS;
        double tiny = 0x1p-149 * Math.sqrt(trainable) * SINGLE / clip;
        return new RoundingMargin(1.01 * (sums + factors + products + tiny), positions);
    }

    /** What of the clipping norm is left. */
    double drawnIn(double clip) {
        if (clip == Double.POSITIVE_INFINITY) {
            return clip;
        }
        if (!(relative <= MOST)) {
            throw new IllegalArgumentException("max_grad_norm: expected a margin for rounding of at most " + MOST
                    + " of it with this model, got " + relative);
        }
        return clip * (1 - relative);
    }

    /** Whether a step over so many units is summed in double precision. */
    boolean inDouble(int units) {
        return units > SINGLE_UNITS;
    }

    /** Most units of one call in a step over so many. */
    int unitsOfCall(int units) {
        long most = inDouble(units) ? CallSizes.MOST : Math.min(CallSizes.MOST, SINGLE / Math.max(1, units) - 1);
        long ofProducts = positions == 0 ? most : PRODUCTS / (positions * Math.max(1, units));
        return (int) Math.max(1, Math.min(most, ofProducts));
    }
}
