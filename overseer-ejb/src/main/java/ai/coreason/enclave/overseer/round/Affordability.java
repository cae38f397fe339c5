package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.Phases;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a node can pay one more round of a job. Pure.
 *
 * @param jobId the job
 * @param rounds how many rounds it asks for; a plan that affords all of them is held to by the better accountant
 */
record Affordability(String jobId, long rounds) {
    /**
     * What speaks against one more round.
     *
     * @param rows what was charged on the dataset so far, by this job and others
     * @param spent what the dataset's filter has counted so far
     * @return empty if the node can pay it, and always without noise
     */
    Optional<String> objection(NodePlan plan, List<ChargeRow> rows, Dataset dataset, double spent) {
        if (plan.phase().isEmpty()) {
            return Optional.empty();
        }
        List<Phase> charged = Phases.with(rows, r -> r.request().key().jobId().equals(jobId), plan.phase());
        boolean whole = plan.affordableRounds() >= rounds;
        double epsilon = (whole
                        ? PlanAccountant.epsilon(charged, plan.delta())
                        : RdpAccountant.epsilon(charged, plan.delta()))
                .epsilon();
        if (epsilon > plan.limit()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "one more round would take epsilon to %.4f, above the job's %.4f",
                    epsilon,
                    plan.limit()));
        }
        if (!dataset.filter().admits(spent, plan.phase().get())) {
            return Optional.of(String.format(
                    Locale.ROOT, "one more round would exceed the dataset's ceiling of %.4f", dataset.ceiling()));
        }
        return Optional.empty();
    }
}
