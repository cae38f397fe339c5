package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import java.util.OptionalDouble;

/**
 * The privacy that a job asks for.
 *
 * @param mechanism {@code DP_SGD} unless the job says otherwise
 * @param noiseMultiplier σ, &gt; 0; empty means calibrated per node so that all rounds fit {@code targetEpsilon}, or
 *     that there is no mechanism
 * @param maxGradNorm clipping norm C, &gt; 0; without a mechanism it is not used and may be left out
 * @param clipping how a gradient is bounded by C; flat unless the job says otherwise
 * @param targetEpsilon the job's own limit ε, in (0, 5]; without a mechanism it is not used and may be left out
 * @param targetDelta δ in (0, 1); empty means the dataset's own
 * @param metricNoiseMultiplier σ of each released metric; empty means what {@link MetricSpec} says
 * @param noise how a draw of noise is made
 * @param maxLoss what a released loss is clipped to; empty means what {@link MetricSpec} says
 */
public record PrivacySpec(
        Mechanism mechanism,
        OptionalDouble noiseMultiplier,
        double maxGradNorm,
        Clipping clipping,
        double targetEpsilon,
        OptionalDouble targetDelta,
        OptionalDouble metricNoiseMultiplier,
        OptionalDouble maxLoss,
        NoiseForm noise) {
    private static final Range EPSILON =
            new Range(0, true, Dataset.HIGHEST_CEILING, false, "a number in (0, " + Dataset.HIGHEST_CEILING + "]");
    private static final Range NO_NOISE = new Range(0, false, 0, false, "0 or nothing with mechanism NONE");

    /**
     * Reads {@code privacy} of a job.
     *
     * @param unprotected whether the job may do without a mechanism: in a simulation, or on data that is all public
     * @throws InvalidDocument naming the first member that is missing, unknown or out of its range
     */
    public static PrivacySpec read(JsonFields f, boolean unprotected) {
        Mechanism mechanism = f.constant("mechanism", Mechanism.class, Mechanism.DP_SGD);
        boolean none = mechanism == Mechanism.NONE;
        if (none && !unprotected) {
            throw InvalidDocument.at(
                    f.at("mechanism"),
                    "DP_SGD: NONE is for simulations and for data its owner declared public",
                    "NONE");
        }
        PrivacySpec spec = new PrivacySpec(
                mechanism,
                f.optionalNumber("noise_multiplier", none ? NO_NOISE : PlanRanges.NOISE_MULTIPLIER),
                none ? f.number("max_grad_norm", PlanRanges.CLIP, 1) : f.number("max_grad_norm", PlanRanges.CLIP),
                Clipping.read(f, mechanism),
                none
                        ? f.number("target_epsilon", EPSILON, Dataset.HIGHEST_CEILING)
                        : f.number("target_epsilon", EPSILON),
                f.optionalNumber("target_delta", Range.openUnit()),
                f.optionalNumber("metric_noise_multiplier", none ? NO_NOISE : PlanRanges.NOISE_MULTIPLIER),
                f.optionalNumber("max_loss", PlanRanges.LARGEST_LOSS),
                NoiseForm.read(f));
        f.end();
        return spec;
    }
}
