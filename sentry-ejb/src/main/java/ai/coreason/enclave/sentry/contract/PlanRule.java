package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.dpsgd.Mechanism;
import ai.coreason.enclave.privacy.dpsgd.TrainingPlan;
import ai.coreason.enclave.privacy.ledger.Dataset;

/**
 * The plan that job and registration lead to, the same double by double at an Overseer and at a node: neither chooses
 * anything. Pure and thread-safe.
 */
public final class PlanRule {
    private PlanRule() {}

    /**
     * What a node runs in every round of a job. Where the job leaves the noise open, it is the least with which all of the
     * job's rounds fit its target on this dataset, by {@link PlanAccountant#calibrate}.
     *
     * @throws InvalidDocument if the job's metrics alone cost more than its target
     */
    public static TrainingPlan plan(FederationJob job, Dataset dataset) {
        double rate = job.training().samplingRate(dataset.declaredRows());
        Mechanism mechanism = job.privacy().mechanism();
        double sigma = mechanism == Mechanism.NONE ? 0 : noise(job, rate, delta(job, dataset));
        return new TrainingPlan(
                mechanism,
                job.training().localSteps(),
                rate,
                sigma,
                job.privacy().maxGradNorm(),
                job.privacy().clipping(),
                rate * dataset.declaredRows(),
                job.training().learningRate(),
                job.training().optimizer(),
                job.metrics().beside(mechanism, sigma),
                job.privacy().noise());
    }

    /** δ of a job on a dataset: its own, or the dataset's. */
    public static double delta(FederationJob job, Dataset dataset) {
        return job.privacy().targetDelta().orElse(dataset.delta());
    }

    private static double noise(FederationJob job, double rate, double delta) {
        long steps = Math.multiplyExact(job.training().localSteps(), job.rounds());
        return job.privacy()
                .noiseMultiplier()
                .orElseGet(() -> job.metrics()
                        .gradientNoise(PlanAccountant.calibrate(
                                rate, steps, delta, job.privacy().targetEpsilon())));
    }
}
