package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.dpsgd.Mechanism;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges whether a job can run: who its clients are, and how many rounds each can pay. Pure. */
final class Admission {
    private Admission() {}

    /**
     * The plans of all clients.
     *
     * @param simulation whether training without noise is allowed on data that is not public
     * @param offers finds a node's dataset; empty where the node has not enrolled with it
     * @throws InvalidDocument if a client is unknown
     * @throws JobRefused if too few can pay
     */
    static List<NodePlan> judge(
            FederationJob job, boolean simulation, Function<String, Optional<AdmissionPlanner.Offer>> offers) {
        GraphFit.require(job);
        List<NodePlan> plans = new ArrayList<>();
        for (int i = 0; i < job.clients().size(); i++) {
            String node = job.clients().get(i);
            AdmissionPlanner.Offer offer = offers.apply(node)
                    .orElseThrow(
                            unknown("clients[" + i + "]", node, job.dataset().name()));
            if (job.privacy().mechanism() == Mechanism.NONE && !offer.dataset().open() && !simulation) {
                throw InvalidDocument.at(
                        "privacy.mechanism", "DP_SGD, as " + node + "'s dataset is not public", "NONE");
            }
            plans.add(AdmissionPlanner.plan(job, offer));
        }
        long first = plans.stream().filter(p -> p.affordableRounds() >= 1).count();
        if (first < job.minClients()) {
            throw refusal(job, plans, first + " for the first round");
        }
        long all =
                plans.stream().filter(p -> p.affordableRounds() >= job.rounds()).count();
        if (job.onBudget() == FederationJob.OnBudget.REFUSE
                && all < job.clients().size()) {
            throw refusal(job, plans, "with on_budget REFUSE " + all + " for all rounds");
        }
        return plans;
    }

    private static java.util.function.Supplier<InvalidDocument> unknown(String at, String node, String dataset) {
        return () -> InvalidDocument.at(at, "a trusted node that has enrolled with dataset " + dataset, node);
    }

    private static JobRefused refusal(FederationJob job, List<NodePlan> plans, String what) {
        String each = plans.stream()
                .map(p -> p.nodeId() + " can pay " + p.affordableRounds() + " rounds" + wholePlan(job, p))
                .collect(Collectors.joining("; "));
        return new JobRefused(
                JobRefused.Kind.BUDGET,
                "min_clients: expected at least " + job.minClients() + " nodes that can pay, got " + what + ": "
                        + each);
    }

    private static String wholePlan(FederationJob job, NodePlan p) {
        if (p.affordableRounds() >= job.rounds() || p.phase().isEmpty()) {
            return "";
        }
        double sigma = RdpAccountant.calibrate(
                p.training().samplingRate(),
                Math.multiplyExact(p.training().steps(), job.rounds()),
                p.delta(),
                p.limit());
        return String.format(Locale.ROOT, " (all %d with noise_multiplier %.4f)", job.rounds(), sigma);
    }
}
