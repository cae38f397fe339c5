package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Judges whether a job can run: who its clients are, and how many rounds each can pay. Pure. */
public final class Admission {
    private Admission() {}

    /**
     * The plans of all clients.
     *
     * @param simulation whether training without noise is allowed on data that is not public
     * @param offers finds a node's dataset; empty where the node has not enrolled with it
     * @throws InvalidDocument if a client is unknown
     * @throws JobRefused if too few can pay
     */
    public static List<NodePlan> judge(
            FederationJob job, boolean simulation, Function<String, Optional<AdmissionPlanner.Offer>> offers) {
        GraphFit.require(job);
        requireUpdateNorm(job, simulation);
        List<AdmissionPlanner.Offer> found = new ArrayList<>();
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
            found.add(offer);
            plans.add(AdmissionPlanner.plan(job, offer));
        }
        long first = plans.stream().filter(p -> p.affordableRounds() >= 1).count();
        if (first < job.minClients()) {
            throw refused(
                    "at least " + job.minClients() + " nodes that can pay the first round", first, job, found, plans);
        }
        long all =
                plans.stream().filter(p -> p.affordableRounds() >= job.rounds()).count();
        if (job.onBudget() == FederationJob.OnBudget.REFUSE
                && all < job.clients().size()) {
            throw refused(
                    "all nodes to be able to pay all " + job.rounds() + " rounds, as on_budget is REFUSE",
                    all,
                    job,
                    found,
                    plans);
        }
        return plans;
    }

    /** Without a mechanism nothing bounds an update but what the job says. */
    private static void requireUpdateNorm(FederationJob job, boolean simulation) {
        boolean unbounded = job.privacy().mechanism() == Mechanism.NONE
                && job.training().strategy().maxUpdateNorm().isEmpty();
        if (unbounded && !simulation) {
            throw InvalidDocument.at(
                    "training.max_update_norm", "a number > 0, as privacy.mechanism is NONE", "nothing");
        }
    }

    private static java.util.function.Supplier<InvalidDocument> unknown(String at, String node, String dataset) {
        return () -> InvalidDocument.at(at, "a trusted node that has enrolled with dataset " + dataset, node);
    }

    private static JobRefused refused(
            String expected, long can, FederationJob job, List<AdmissionPlanner.Offer> offers, List<NodePlan> plans) {
        List<String> each = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            NodePlan plan = plans.get(i);
            each.add(plan.nodeId() + " can pay " + plan.affordableRounds() + " rounds"
                    + (plan.affordableRounds() < job.rounds() ? wholePlan(job, offers.get(i)) : ""));
        }
        return new JobRefused(
                JobRefused.Kind.BUDGET, "expected " + expected + ", got " + can + ": " + String.join("; ", each));
    }

    /** Rounded up, so that the noise named is enough. */
    private static String wholePlan(FederationJob job, AdmissionPlanner.Offer offer) {
        OptionalDouble noise = AdmissionPlanner.noiseForAllRounds(job, offer);
        return noise.isEmpty()
                ? " (its dataset's ceiling is used up)"
                : String.format(
                        Locale.ROOT,
                        " (all %d with noise_multiplier %.4f)",
                        job.rounds(),
                        Math.ceil(noise.getAsDouble() * 1e4) / 1e4);
    }
}
