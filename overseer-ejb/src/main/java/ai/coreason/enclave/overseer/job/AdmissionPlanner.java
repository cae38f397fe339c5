package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.plan.PlanRule;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.util.OptionalDouble;

/** Works out what each node would train with and how many rounds it can pay. Pure and thread-safe. */
public final class AdmissionPlanner {
    private static final double CEILING_STEP = 1e-3;

    private AdmissionPlanner() {}

    /**
     * A node's dataset as the Overseer knows it.
     *
     * @param spent the summed RDP at the dataset's filter order
     */
    public record Offer(String nodeId, Dataset dataset, double spent) {}

    /**
     * The plan of one node.
     *
     * @throws InvalidDocument if the job asks for a δ above the dataset's
     */
    public static NodePlan plan(FederationJob job, Offer offer) {
        PlanRule rule = job.planRule();
        Dataset dataset = offer.dataset();
        double delta = rule.delta(dataset);
        if (delta > dataset.delta()) {
            throw InvalidDocument.at(
                    "privacy.target_delta",
                    "at most " + dataset.delta() + ", the delta of " + offer.nodeId() + "'s dataset",
                    delta);
        }
        double limit = job.privacy().targetEpsilon();
        TrainingPlan training = rule.plan(dataset);
        long affordable = training.phase()
                .map(round -> affordable(job, offer, round, limit, delta))
                .orElse((long) job.rounds());
        return new NodePlan(
                offer.nodeId(), dataset.datasetId(), dataset.declaredRows(), training, limit, delta, affordable);
    }

    /**
     * The least noise with which a node could pay all rounds, by the job's limit and by what is left of the dataset's budget.
     *
     * @return empty where nothing is left
     */
    public static OptionalDouble noiseForAllRounds(FederationJob job, Offer offer) {
        Dataset dataset = offer.dataset();
        RdpFilter filter = dataset.filter();
        if (offer.spent() >= filter.budget()) {
            return OptionalDouble.empty();
        }
        PlanRule rule = job.planRule();
        double rate = rule.samplingRate(dataset);
        long steps = rule.allSteps();
        double delta = rule.delta(dataset);
        double byLimit =
                PlanAccountant.calibrate(rate, steps, delta, job.privacy().targetEpsilon());
        return OptionalDouble.of(
                job.metrics().gradientNoise(Math.max(byLimit, filter.calibrate(offer.spent(), rate, steps))));
    }

    /**
     * The least ceiling with which a dataset that nothing was spent of could pay all rounds of a plan, within 0.001 above it.
     *
     * @param round what one round takes
     * @param rounds how many, at least 1
     * @return at most {@link Dataset#HIGHEST_CEILING}; empty where even that does not hold them
     */
    public static OptionalDouble ceilingForAllRounds(Dataset dataset, Phase round, int rounds) {
        double enough = Dataset.HIGHEST_CEILING;
        if (payable(RdpFilter.forCeiling(enough, dataset.delta()), 0, round, rounds) < rounds) {
            return OptionalDouble.empty();
        }
        double tooLittle = 0;
        while (enough - tooLittle > CEILING_STEP) {
            double middle = (enough + tooLittle) / 2;
            if (payable(RdpFilter.forCeiling(middle, dataset.delta()), 0, round, rounds) < rounds) {
                tooLittle = middle;
            } else {
                enough = middle;
            }
        }
        return OptionalDouble.of(enough);
    }

    private static long affordable(FederationJob job, Offer offer, Phase round, double limit, double delta) {
        long steps = PlanAccountant.affordableSteps(
                round.samplingRate(),
                round.noiseMultiplier(),
                delta,
                limit,
                Math.multiplyExact(round.steps(), job.rounds()));
        return Math.min(steps / round.steps(), payable(offer.dataset().filter(), offer.spent(), round, job.rounds()));
    }

    /** How many rounds, at most those of a job, what is left of a budget pays. */
    private static long payable(RdpFilter filter, double spent, Phase round, int rounds) {
        double left = Math.max(0, filter.budget() - spent);
        return (long) Math.min(rounds, Math.floor(left / filter.cost(round)));
    }
}
