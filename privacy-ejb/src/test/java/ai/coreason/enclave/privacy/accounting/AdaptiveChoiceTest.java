package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * An adversary runs a phase, looks at its results and then chooses the next: δ at ε of the best choice is computed from loss
 * distributions, and compared with the claim.
 */
class AdaptiveChoiceTest {
    private static final double EPSILON = 3;
    private static final double DELTA = 1e-5;

    /** The grid rounds each step's loss to the nearest multiple. */
    private static final double ROUNDING = 1.01;

    @Test
    void hindsight_choiceAfterSeeingResults_passesTheClaim() {
        Phase first = new Phase(0.01, 0.8, 500);
        List<Phase> choices = List.of(new Phase(0.01, 0.519, 1), new Phase(0.01, 1.368, 3000));

        for (Phase choice : choices) {
            assertThat(PlanAccountant.epsilon(List.of(first, choice), DELTA).epsilon())
                    .isLessThan(EPSILON + 0.01);
        }
        assertThat(delta(first, choices)).isGreaterThan(1.7 * DELTA);
    }

    @Test
    void filter_everyTreeThatItAdmits_staysBelowTheClaim() {
        Random random = new Random(7);
        RdpFilter filter = RdpFilter.forCeiling(EPSILON, DELTA);
        double most = 0;
        for (int tree = 0; tree < 8; tree++) {
            double q = Math.exp(between(random, Math.log(0.005), Math.log(0.3)));
            Phase first = affordable(filter, 0, q, between(random, 0.8, 3), between(random, 0.1, 0.9));
            double spent = filter.cost(first);
            List<Phase> choices = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                double sigma = Math.exp(between(random, Math.log(0.5), Math.log(8)));
                if (filter.admits(spent, new Phase(q, sigma, 1))) {
                    choices.add(affordable(filter, spent, q, sigma, 1));
                }
            }
            double delta = delta(first, choices);
            most = Math.max(most, delta);
            assertThat(delta).as("%s, then one of %s", first, choices).isLessThanOrEqualTo(DELTA);
        }
        assertThat(most).as("the search comes near the claim").isGreaterThan(DELTA / 20);
    }

    @Test
    void pinnedPlan_endedWhenever_staysBelowTheClaim() {
        for (double sigma : new double[] {0.8, 1.4, 3}) {
            double q = 0.05;
            long most = PldAccountant.affordableSteps(List.of(), q, sigma, DELTA, EPSILON, 100_000);
            List<Phase> choices = new ArrayList<>();
            for (long n = 1; n < most - most / 2; n *= 4) {
                choices.add(new Phase(q, sigma, n));
            }
            choices.add(new Phase(q, sigma, most - most / 2));

            assertThat(delta(new Phase(q, sigma, most / 2), choices))
                    .as("sigma %s, %s steps", sigma, most)
                    .isBetween(DELTA / 2, DELTA * ROUNDING);
        }
    }

    /** The largest number of steps that fits a share of what is left. */
    private static Phase affordable(RdpFilter filter, double spent, double q, double sigma, double share) {
        double left = (filter.budget() - spent) * share;
        long steps = (long) (left / filter.cost(new Phase(q, sigma, 1)));
        return new Phase(q, sigma, Math.max(1, Math.min(steps, 20_000)));
    }

    private static double delta(Phase first, List<Phase> choices) {
        return Math.max(delta(first, choices, true), delta(first, choices, false));
    }

    private static double delta(Phase first, List<Phase> choices, boolean removed) {
        List<double[]> later = choices.stream()
                .map(c -> LossMasses.deltas(LossMasses.of(c, removed)))
                .toList();
        double[] masses = LossMasses.of(first, removed);
        double sum = 0;
        for (int i = 0; i < masses.length; i++) {
            double rest = EPSILON - LossMasses.place(i) * LossMasses.INTERVAL;
            double best = Math.max(0, 1 - Math.exp(rest));
            int at = (int) Math.round(rest / LossMasses.INTERVAL) + LossMasses.SIZE / 2;
            for (double[] choice : later) {
                best = Math.max(best, at >= 0 && at < LossMasses.SIZE ? choice[at] : 0);
            }
            sum += Math.max(0, masses[i]) * best;
        }
        return sum;
    }

    private static double between(Random random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
