package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.PlanRule;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.Optional;

/**
 * The node's own computation of a round's plan, against which it holds the plan that it was sent: every member, the noise
 * among them, follows from the job and the dataset's registration. Equal means the same double.
 * Immutable.
 */
final class PlanCheck {
    private final FederationJob job;
    private final Dataset dataset;
    private final boolean simulation;
    private final Optional<TrainingPlan> own;
    private final String unplannable;

    PlanCheck(FederationJob job, Dataset dataset, boolean simulation) {
        this.job = job;
        this.dataset = dataset;
        this.simulation = simulation;
        Optional<TrainingPlan> plan = Optional.empty();
        String why = "";
        try {
            plan = Optional.of(job.planRule().plan(dataset));
        } catch (InvalidDocument e) {
            why = e.getMessage();
        }
        this.own = plan;
        this.unplannable = why;
    }

    /** What is wrong with a plan, by its member, what was expected and what came; empty if it is right. */
    Optional<String> objection(TrainingPlan plan) {
        return mechanism(plan)
                .or(this::delta)
                .or(() -> own.isEmpty() ? Optional.of("job." + unplannable) : difference(own.get(), plan));
    }

    private static Optional<String> difference(TrainingPlan own, TrainingPlan plan) {
        return PlanRule.difference(own, plan)
                .map(d -> "plan." + d.member() + ": expected " + d.expected() + ", got " + d.came());
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

    private Optional<String> delta() {
        double asked = job.planRule().delta(dataset);
        return asked > dataset.delta()
                ? Optional.of("job.privacy.target_delta: expected at most the dataset's " + dataset.delta() + ", got "
                        + asked)
                : Optional.empty();
    }
}
