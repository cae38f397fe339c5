package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.Dataset;
import java.util.Optional;

/**
 * The plan that a job and a registered dataset lead to, the same double by double at an Overseer and at a node: neither
 * chooses anything. Immutable and thread-safe.
 *
 * @param rounds how many rounds the job trains, at least 1
 */
public record PlanRule(PrivacySpec privacy, TrainingSpec training, MetricSpec metrics, long rounds) {
    /**
     * Where a plan is not the expected one. Two numbers are the same only if they are the same double.
     *
     * @param member the plan's member, as it is called in JSON
     */
    public record Difference(String member, String expected, String came) {}

    /**
     * What a node runs in every round of a job. Where the job leaves the noise open, it is the least with which all of the
     * job's rounds fit its target on this dataset, by {@link PlanAccountant#calibrate}.
     *
     * @throws InvalidDocument if the job's metrics alone cost more than its target, or noise that follows from the job is out of its
     *     range
     */
    public TrainingPlan plan(Dataset dataset) {
        double rate = samplingRate(dataset);
        double sigma = privacy.mechanism() == Mechanism.NONE ? 0 : noise(rate, delta(dataset));
        if (privacy.mechanism() != Mechanism.NONE) {
            requireUsable(rate, sigma);
        }
        return with(rate, sigma, rate * dataset.declaredRows());
    }

    /** δ of the job on a dataset: its own, or the dataset's. */
    public double delta(Dataset dataset) {
        return privacy.targetDelta().orElse(dataset.delta());
    }

    /** q on a dataset, in (0, 1]. */
    public double samplingRate(Dataset dataset) {
        return training.samplingRate(dataset.declaredRows());
    }

    /** Steps of all rounds together. */
    public long allSteps() {
        return Math.multiplyExact(training.localSteps(), rounds);
    }

    /** Where a plan departs from what the job fixes for every dataset; what the job leaves open may be anything. */
    public Optional<Difference> departure(TrainingPlan plan) {
        Optional<Difference> mechanism = differs("mechanism", privacy.mechanism(), plan.mechanism());
        if (mechanism.isPresent()) {
            return mechanism;
        }
        double rate = training.samplingRate().orElse(plan.samplingRate());
        double sigma = privacy.noiseMultiplier().orElse(plan.noiseMultiplier());
        return difference(with(rate, sigma, plan.normaliser()), plan);
    }

    /** The first member in which a plan is not the expected one. */
    public static Optional<Difference> difference(TrainingPlan expected, TrainingPlan came) {
        return differs("mechanism", expected.mechanism(), came.mechanism())
                .or(() -> differs("steps", expected.steps(), came.steps()))
                .or(() -> differs("sampling_rate", expected.samplingRate(), came.samplingRate()))
                .or(() -> differs("normaliser", expected.normaliser(), came.normaliser()))
                .or(() -> differs("max_grad_norm", expected.maxGradNorm(), came.maxGradNorm()))
                .or(() -> differs("clipping", expected.clipping(), came.clipping()))
                .or(() -> differs("learning_rate", expected.learningRate(), came.learningRate()))
                .or(() -> differs("optimizer", expected.optimizer(), came.optimizer()))
                .or(() -> differs("noise", expected.noise().wire(), came.noise().wire()))
                .or(() -> differs("noise_multiplier", expected.noiseMultiplier(), came.noiseMultiplier()))
                .or(() -> differs("metrics", expected.metrics(), came.metrics()));
    }

    private TrainingPlan with(double rate, double sigma, double normaliser) {
        return new TrainingPlan(
                privacy.mechanism(),
                training.localSteps(),
                rate,
                sigma,
                privacy.maxGradNorm(),
                privacy.clipping(),
                normaliser,
                training.learningRate(),
                training.optimizer(),
                metrics.beside(privacy.mechanism(), sigma),
                privacy.noise());
    }

    /** What a job states is in its range already; what follows from it need not be. */
    private void requireUsable(double rate, double sigma) {
        Range usable = PlanRanges.NOISE_MULTIPLIER;
        if (!usable.holds(sigma)) {
            throw InvalidDocument.at(
                    "privacy.target_epsilon",
                    "one that " + allSteps() + " steps at sampling rate " + rate
                            + " keep to with a noise multiplier that is " + usable.words(),
                    privacy.targetEpsilon() + ", which takes " + sigma);
        }
        if (!metrics.metrics().isEmpty() && metrics.noiseMultiplier().isEmpty()) {
            double beside = MetricRelease.USUAL_RATIO * sigma;
            if (!usable.holds(beside)) {
                throw InvalidDocument.at(
                        "privacy.metric_noise_multiplier",
                        usable.words() + ", as " + MetricRelease.USUAL_RATIO + " times the gradient's is not, being "
                                + beside,
                        "nothing");
            }
        }
    }

    private double noise(double rate, double delta) {
        return privacy.noiseMultiplier()
                .orElseGet(() -> metrics.gradientNoise(
                        PlanAccountant.calibrate(rate, allSteps(), delta, privacy.targetEpsilon())));
    }

    private static Optional<Difference> differs(String member, Object expected, Object came) {
        return came.equals(expected)
                ? Optional.empty()
                : Optional.of(new Difference(member, expected.toString(), came.toString()));
    }
}
