package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.plan.TrainingPlan;

/**
 * A plan's clipping as the numbers that the step's program takes: a layer of a unit's gradient is multiplied by
 * min(most, bound / (n + offset)), where n is an upper bound of the norm of that layer, or of all layers together.
 *
 * @param bound above 0, the clipping norm without the {@link RoundingMargin}; infinite without a mechanism
 * @param offset keeps the quotient finite
 * @param most 1 where nothing may grow
 * @param own whether each layer is clipped by its own norm
 */
record ClippingRule(double bound, double offset, double most, boolean own) {
    private static final double FLAT_OFFSET = 1e-6;
    private static final double AUTOMATIC_OFFSET = 0.01;

    /** The rule of a plan for a model of so many layers with trainable parameters. */
    static ClippingRule of(TrainingPlan plan, int layers, RoundingMargin margin) {
        double clip = margin.drawnIn(plan.clip());
        return switch (plan.clipping()) {
            case FLAT -> new ClippingRule(clip, FLAT_OFFSET, 1, false);
            case PER_LAYER -> new ClippingRule(clip / Math.sqrt(layers), FLAT_OFFSET, 1, true);
            case AUTOMATIC -> new ClippingRule(clip, AUTOMATIC_OFFSET, Double.POSITIVE_INFINITY, false);
        };
    }

    /** As the program takes it: bound, offset, most, the factor of a layer's own squared norm, that of all layers'. */
    double[] numbers() {
        double inflated = UpperNorms.INFLATION;
        return new double[] {bound, offset, most, own ? inflated : 0, own ? 0 : inflated};
    }
}
