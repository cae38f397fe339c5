package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.noise.SecureNoise;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * The ranges of what a job may choose and training computes with: wide enough for every use that is known, and narrow enough that
 * sums, noise and their grid stay well inside single and double precision (see {@code RoundingMargin}, {@link SecureNoise}).
 */
public final class PlanRanges {
    /** The clipping norm C. */
    public static final Range CLIP = closed(1e-6, 1e6);

    /** The noise multiplier where there is noise. */
    public static final Range NOISE_MULTIPLIER = closed(1e-6, 1e6);

    /** A learning rate, of nodes or of the server. */
    public static final Range LEARNING_RATE = new Range(0, true, 1e6, false, "a number > 0, in (0, 1000000.0]");

    /** What a loss is clipped to: the cross-entropy of a probability of e^-10000 is at its end. */
    public static final Range LARGEST_LOSS = closed(1e-6, 1e4);

    /** What the numbers of a tensor are multiplied by before they enter a model. */
    public static final Range SCALE = closed(1e-9, 1e9);

    /** Most of a weight's magnitude in a model that training starts from. */
    public static final float LARGEST_WEIGHT = 1e9f;

    /** What is expected of those weights, in words. */
    public static final String WEIGHTS = "magnitudes of at most " + LARGEST_WEIGHT;

    private PlanRanges() {}

    private static Range closed(double least, double most) {
        return new Range(least, false, most, false, "a number > 0, in [" + least + ", " + most + "]");
    }

    /** Whether all of these weights are magnitudes that training may start from. */
    public static boolean holdsWeights(FloatBuffer weights) {
        for (int i = 0; i < weights.limit(); i++) {
            if (!(Math.abs(weights.get(i)) <= LARGEST_WEIGHT)) {
                return false;
            }
        }
        return true;
    }

    /** What speaks against starting from these weights, naming the parameter. */
    public static Optional<String> objection(Weights weights) {
        return weights.names().stream()
                .filter(name -> !holdsWeights(weights.view(name)))
                .map(name -> name + ": expected " + WEIGHTS + ", got another")
                .findFirst();
    }
}
