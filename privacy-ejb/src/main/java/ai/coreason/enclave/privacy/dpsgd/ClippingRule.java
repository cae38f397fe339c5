package ai.coreason.enclave.privacy.dpsgd;

/**
 * A plan's clipping as the numbers that the step's program takes: layer l of an example's gradient is multiplied by
 * min(most, bound / (n + offset)), where n^2 is the sum over layers k of {@code shares[l][k]} times layer k's squared norm.
 *
 * @param bound above 0; infinite without a mechanism
 * @param offset keeps the quotient finite
 * @param most 1 where nothing may grow
 * @param shares [layers * layers], row-major: all 1 for one norm over all layers, the identity for each layer's own
 */
record ClippingRule(float bound, float offset, float most, float[] shares) {
    private static final float FLAT_OFFSET = 1e-6f;
    private static final float AUTOMATIC_OFFSET = 0.01f;

    /** The rule of a plan for a model of so many layers with trainable parameters. */
    static ClippingRule of(TrainingPlan plan, int layers) {
        float[] shares = new float[layers * layers];
        boolean own = plan.clipping() == Clipping.PER_LAYER;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = !own || i % (layers + 1) == 0 ? 1 : 0;
        }
        double clip = plan.clip();
        return switch (plan.clipping()) {
            case FLAT -> new ClippingRule((float) clip, FLAT_OFFSET, 1, shares);
            case PER_LAYER -> new ClippingRule((float) (clip / Math.sqrt(layers)), FLAT_OFFSET, 1, shares);
            case AUTOMATIC -> new ClippingRule((float) clip, AUTOMATIC_OFFSET, Float.POSITIVE_INFINITY, shares);
        };
    }
}
