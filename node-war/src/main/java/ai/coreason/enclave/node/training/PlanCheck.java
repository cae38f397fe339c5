package ai.coreason.enclave.node.training;

import ai.coreason.enclave.privacy.dpsgd.Mechanism;
import ai.coreason.enclave.privacy.dpsgd.TrainingPlan;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.Optional;

/**
 * The node's own computation of a round's plan, against which it holds the plan that it was sent: all but the noise
 * follows from the job and the dataset's registration, and the noise is never less than the job says (ARCHITECTURE,
 * section 4).
 */
final class PlanCheck {
    /** Two computations of one double may differ in the last digits. */
    private static final double SAME = 1e-9;

    private final FederationJob job;
    private final Dataset dataset;
    private final boolean simulation;

    PlanCheck(FederationJob job, Dataset dataset, boolean simulation) {
        this.job = job;
        this.dataset = dataset;
        this.simulation = simulation;
    }

    /** What is wrong with a plan, by its member, what was expected and what came; empty if it is right. */
    Optional<String> objection(TrainingPlan plan) {
        double rate = job.training().samplingRate(dataset.declaredRows());
        return mechanism(plan)
                .or(() -> differs("steps", job.training().localSteps(), plan.steps()))
                .or(() -> differs("sampling_rate", rate, plan.samplingRate()))
                .or(() -> differs("normaliser", rate * dataset.declaredRows(), plan.normaliser()))
                .or(() -> differs("max_grad_norm", job.privacy().maxGradNorm(), plan.maxGradNorm()))
                .or(() -> other("clipping", job.privacy().clipping(), plan.clipping()))
                .or(() -> differs("learning_rate", job.training().learningRate(), plan.learningRate()))
                .or(() -> other("optimizer", job.training().optimizer(), plan.optimizer()))
                .or(() -> other("noise", job.privacy().noise(), plan.noise()))
                .or(() -> noise(plan))
                .or(() -> other(
                        "metrics", job.metrics().beside(plan.mechanism(), plan.noiseMultiplier()), plan.metrics()))
                .or(this::delta);
    }

    private Optional<String> mechanism(TrainingPlan plan) {
        if (plan.mechanism() != job.privacy().mechanism()) {
            return Optional.of("plan.mechanism: expected " + job.privacy().mechanism() + " as in the job, got "
                    + plan.mechanism());
        }
        if (plan.mechanism() == Mechanism.NONE && !simulation && !dataset.open()) {
            return Optional.of("plan.mechanism: expected DP_SGD on records that are not public, got NONE");
        }
        return Optional.empty();
    }

    private Optional<String> noise(TrainingPlan plan) {
        double least = job.privacy().noiseMultiplier().orElse(0);
        if (plan.noiseMultiplier() < least) {
            return Optional.of(
                    "plan.noise_multiplier: expected at least the job's " + least + ", got " + plan.noiseMultiplier());
        }
        return Optional.empty();
    }

    private Optional<String> delta() {
        double asked = job.privacy().targetDelta().orElse(dataset.delta());
        if (asked > dataset.delta()) {
            return Optional.of(
                    "job.privacy.target_delta: expected at most the dataset's " + dataset.delta() + ", got " + asked);
        }
        return Optional.empty();
    }

    private static Optional<String> differs(String member, double expected, double came) {
        return Math.abs(came - expected) <= SAME * Math.abs(expected)
                ? Optional.empty()
                : other(member, expected, came);
    }

    private static Optional<String> other(String member, Object expected, Object came) {
        return came.equals(expected)
                ? Optional.empty()
                : Optional.of("plan." + member + ": expected " + expected + ", got " + came);
    }
}
