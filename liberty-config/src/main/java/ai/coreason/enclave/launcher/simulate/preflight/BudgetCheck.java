package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.job.Admission;
import ai.coreason.enclave.overseer.job.AdmissionPlanner;
import ai.coreason.enclave.overseer.job.AdmissionPlanner.Offer;
import ai.coreason.enclave.overseer.job.JobRefused;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Whether every dataset's budget, nothing of it spent yet, pays for all rounds of a job; and what would. Immutable. */
final class BudgetCheck {
    private final FederationJob job;
    private final Map<String, Offer> offers = new LinkedHashMap<>();

    /** @param datasets what each client's owner registered, by node id */
    BudgetCheck(FederationJob job, Map<String, Dataset> datasets) {
        this.job = job;
        datasets.forEach((node, dataset) -> offers.put(node, new Offer(node, dataset, 0)));
    }

    /**
     * Judges as the Overseer will.
     *
     * @param file the job's, for problems
     * @param allRounds whether a dataset that pays for fewer rounds than the job's is a problem, and not only worth a note
     */
    void into(PreflightReport report, String file, boolean allRounds) {
        List<NodePlan> plans = new ArrayList<>();
        for (Offer offer : offers.values()) {
            try {
                plans.add(AdmissionPlanner.plan(job, offer));
            } catch (InvalidDocument e) {
                report.problem(file + ": " + e.getMessage());
            }
        }
        if (plans.size() < offers.size()) {
            return;
        }
        for (NodePlan plan : plans) {
            if (plan.affordableRounds() >= job.rounds()) {
                report.note(plan(plan));
            } else if (allRounds || !admitted()) {
                report.problem(file + ": " + shortfall(plan));
            } else {
                report.note("the budget ends first: " + shortfall(plan));
            }
        }
    }

    /** Whether the Overseer would take the job in, with fewer rounds at some nodes. */
    private boolean admitted() {
        try {
            Admission.judge(job, true, node -> Optional.ofNullable(offers.get(node)));
            return true;
        } catch (JobRefused | InvalidDocument e) {
            return false;
        }
    }

    private String plan(NodePlan plan) {
        Dataset dataset = offers.get(plan.nodeId()).dataset();
        return plan.phase()
                .map(round -> String.format(
                        Locale.ROOT,
                        "%s: all %d rounds cost epsilon %.3f of the ceiling %s, noise multiplier %.3f",
                        plan.nodeId(),
                        job.rounds(),
                        PlanAccountant.epsilon(List.of(whole(round)), plan.delta())
                                .epsilon(),
                        dataset.ceiling(),
                        round.noiseMultiplier()))
                .orElse(plan.nodeId()
                        + ": no privacy mechanism: its updates are not protected, and no budget limits them");
    }

    private Phase whole(Phase round) {
        return new Phase(
                round.samplingRate(), round.noiseMultiplier(), Math.multiplyExact(round.steps(), job.rounds()));
    }

    private String shortfall(NodePlan plan) {
        Offer offer = offers.get(plan.nodeId());
        Phase round = plan.phase().orElseThrow();
        OptionalDouble ceiling = AdmissionPlanner.ceilingForAllRounds(offer.dataset(), round, job.rounds());
        OptionalDouble noise = AdmissionPlanner.noiseForAllRounds(job, offer);
        double cost =
                PlanAccountant.epsilon(List.of(whole(round)), plan.delta()).epsilon();
        List<String> ways = new ArrayList<>();
        if (cost > plan.limit()) {
            ways.add(needed("target_epsilon", cost));
        }
        double least = ceiling.orElse(Double.POSITIVE_INFINITY);
        if (least > offer.dataset().ceiling()) {
            ways.add(needed("epsilon_ceiling", least));
        }
        String instead = noise.isPresent()
                ? String.format(
                        Locale.ROOT,
                        ", or noise_multiplier of at least %.4f",
                        Math.ceil(noise.getAsDouble() * 1e4) / 1e4)
                : "";
        return plan.nodeId() + " can pay " + plan.affordableRounds() + " of " + job.rounds()
                + " rounds with target_epsilon " + plan.limit() + " and the dataset's epsilon_ceiling "
                + offer.dataset().ceiling() + "; all of them take " + String.join(" and ", ways) + instead
                + ", or fewer rounds or steps";
    }

    /** Rounded up, so that the figure named is enough. */
    private static String needed(String member, double least) {
        double figure = Math.ceil(least * 1e3) / 1e3;
        return figure > Dataset.HIGHEST_CEILING
                ? "more than the highest " + member + " that there is, " + Dataset.HIGHEST_CEILING
                : String.format(Locale.ROOT, "%s of at least %.3f", member, figure);
    }
}
