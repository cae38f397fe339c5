package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionPlannerTest {
    private static FederationJob job(Consumer<ObjectNode> change) {
        ObjectNode job = SmallJob.document().put("rounds", 200);
        job.putArray("clients").add("va").add("swiss");
        ((ObjectNode) job.get("privacy")).put("noise_multiplier", 3.0).put("target_delta", 0.001);
        change.accept(job);
        return FederationJob.parse(job, JobRules.inSimulation());
    }

    private static AdmissionPlanner.Offer offer(String node, long rows, double spent) {
        return new AdmissionPlanner.Offer(
                node, new Dataset("owner_" + node, "heart", PrivacyUnit.RECORD, rows, 1e-3, 5.0, false), spent);
    }

    @Test
    void plan_givenNoise_affordsTheRoundsThatTheLimitPays() {
        NodePlan swiss = AdmissionPlanner.plan(job(j -> {}), offer("swiss", 30, 0));
        NodePlan va = AdmissionPlanner.plan(job(j -> {}), offer("va", 85, 0));
        assertThat(swiss.affordableRounds()).isEqualTo(4);
        assertThat(va.affordableRounds()).isEqualTo(34);
        long steps = va.affordableRounds() * 5;
        assertThat(RdpAccountant.epsilon(List.of(new Phase(16.0 / 85, 3, steps)), 1e-3)
                        .epsilon())
                .isLessThanOrEqualTo(3.0);
        assertThat(RdpAccountant.epsilon(List.of(new Phase(16.0 / 85, 3, steps + 5)), 1e-3)
                        .epsilon())
                .isGreaterThan(3.0);
    }

    @Test
    void plan_noNoiseGiven_calibratesEachNodeForAllRounds() {
        FederationJob job = job(j -> {
            j.put("rounds", 10);
            ((ObjectNode) j.get("privacy")).remove("noise_multiplier");
        });
        NodePlan small = AdmissionPlanner.plan(job, offer("swiss", 30, 0));
        NodePlan large = AdmissionPlanner.plan(job, offer("va", 85, 0));
        assertThat(small.affordableRounds()).isEqualTo(10);
        assertThat(large.affordableRounds()).isEqualTo(10);
        assertThat(small.training().noiseMultiplier())
                .isGreaterThan(large.training().noiseMultiplier());
    }

    @Test
    void plan_noiseThatFollowsFromTheJobAndIsOutOfRange_namesTheMember() {
        assertThatThrownBy(() -> AdmissionPlanner.plan(
                        job(j -> {
                            j.putArray("metrics").add("accuracy");
                            ((ObjectNode) j.get("privacy")).put("noise_multiplier", 300_000);
                        }),
                        offer("va", 85, 0)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(
                        "privacy.metric_noise_multiplier: expected a number > 0, in [1.0E-6, 1000000.0], as 4.0 times the"
                                + " gradient's is not, being 1200000.0, got nothing");
        assertThatThrownBy(() -> AdmissionPlanner.plan(
                        job(j -> {
                            ((ObjectNode) j.get("privacy")).remove("noise_multiplier");
                            ((ObjectNode) j.get("privacy"))
                                    .put("target_epsilon", 1e-6)
                                    .put("target_delta", 1e-9);
                        }),
                        offer("va", 85, 0)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("privacy.target_epsilon: expected one that 1000 steps at sampling rate")
                .hasMessageContaining("got 1.0E-6, which takes ");
    }

    /** Whatever a job may say by its ranges gives a plan or an answer that names a member, and never another failure. */
    @Test
    void plan_endsOfTheRangesTogether_isAPlanOrNamesAMember() {
        double[] targets = {Double.MIN_VALUE, 1e-300, 1e-6, 5};
        double[] deltas = {Double.MIN_VALUE, 1e-300, 1e-9, 1e-3};
        double[] rates = {Double.MIN_VALUE, 1e-12, 1};
        int plans = 0;
        for (double target : targets) {
            for (double delta : deltas) {
                for (double rate : rates) {
                    for (boolean metric : new boolean[] {false, true}) {
                        FederationJob job = job(j -> {
                            ObjectNode privacy = (ObjectNode) j.get("privacy");
                            privacy.remove("noise_multiplier");
                            privacy.put("target_epsilon", target).put("target_delta", delta);
                            ObjectNode training = (ObjectNode) j.get("training");
                            training.remove("batch_size");
                            training.put("sampling_rate", rate);
                            if (metric) {
                                j.putArray("metrics").add("accuracy");
                            }
                        });
                        try {
                            assertThat(AdmissionPlanner.plan(job, offer("va", 85, 0)))
                                    .isNotNull();
                            plans++;
                        } catch (InvalidDocument refused) {
                            assertThat(refused.field()).startsWith("privacy.");
                        }
                    }
                }
            }
        }
        assertThat(plans).isPositive();
    }

    @Test
    void plan_jobWithOptimizerAndClipping_carriesThemAndComesBack() {
        FederationJob job = job(j -> {
            ((ObjectNode) j.get("privacy")).put("clipping", "automatic");
            ((ObjectNode) j.get("training")).put("optimizer", "ADAM").put("beta2", 0.99);
        });
        NodePlan plan = AdmissionPlanner.plan(job, offer("va", 85, 0));
        assertThat(plan.training().clipping()).isEqualTo(job.privacy().clipping());
        assertThat(plan.training().optimizer()).isEqualTo(job.training().optimizer());
        assertThat(NodePlan.parse(plan.text())).isEqualTo(plan);
        assertThat(plan.affordableRounds())
                .isEqualTo(
                        AdmissionPlanner.plan(job(j -> {}), offer("va", 85, 0)).affordableRounds());
    }

    @Test
    void plan_ceilingPartlySpent_affordsFewerRounds() {
        AdmissionPlanner.Offer fresh = offer("va", 85, 0);
        double most = fresh.dataset().filter().budget();
        assertThat(AdmissionPlanner.plan(job(j -> {}), offer("va", 85, most)).affordableRounds())
                .isZero();
        assertThat(AdmissionPlanner.plan(job(j -> {}), offer("va", 85, most * 0.9))
                        .affordableRounds())
                .isBetween(1L, 10L);
    }

    @Test
    void ceilingForAllRounds_ofAPlan_holdsThemAndHardlyLessDoesNot() {
        AdmissionPlanner.Offer va = offer("va", 85, 0);
        Phase round = AdmissionPlanner.plan(job(j -> {}), va).phase().orElseThrow();

        double ceiling =
                AdmissionPlanner.ceilingForAllRounds(va.dataset(), round, 40).orElseThrow();

        assertThat(ceiling).isBetween(0.1, Dataset.HIGHEST_CEILING);
        assertThat(RdpFilter.forCeiling(ceiling, 1e-3).budget())
                .isGreaterThanOrEqualTo(40 * RdpFilter.forCeiling(ceiling, 1e-3).cost(round));
        assertThat(RdpFilter.forCeiling(ceiling - 0.002, 1e-3).budget())
                .isLessThan(40 * RdpFilter.forCeiling(ceiling - 0.002, 1e-3).cost(round));
        assertThat(AdmissionPlanner.ceilingForAllRounds(va.dataset(), round, 100_000))
                .isEmpty();
    }

    @Test
    void plan_deltaAboveTheDatasets_isRefused() {
        FederationJob job = job(j -> ((ObjectNode) j.get("privacy")).put("target_delta", 0.01));
        assertThatThrownBy(() -> AdmissionPlanner.plan(job, offer("va", 85, 0)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("privacy.target_delta");
    }

    @Test
    void judge_tooFewCanPay_tellsEachNodesRoundsAndTheNoiseThatWouldFit() {
        FederationJob job = job(j -> ((ObjectNode) j.get("privacy")).put("noise_multiplier", 0.4));
        assertThatThrownBy(() -> Admission.judge(job, false, n -> Optional.of(offer(n, n.equals("va") ? 85 : 30, 0))))
                .isInstanceOf(JobRefused.class)
                .hasMessageContaining("va can pay 0 rounds (all 200 with noise_multiplier")
                .hasMessageContaining("swiss can pay 0 rounds");
    }

    @Test
    void judge_refuseOnBudget_wantsAllRoundsPaid() {
        FederationJob job = job(j -> j.put("on_budget", "REFUSE"));
        assertThatThrownBy(() -> Admission.judge(job, false, n -> Optional.of(offer(n, 85, 0))))
                .isInstanceOf(JobRefused.class)
                .hasMessageContaining(
                        "expected all nodes to be able to pay all 200 rounds, as on_budget is REFUSE, got 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.97})
    void judge_refuseOnBudget_namesTheLeastNoiseThatPaysForAllRounds(double shareSpent) {
        double spent = shareSpent * offer("va", 85, 0).dataset().filter().budget();
        Function<String, Optional<AdmissionPlanner.Offer>> offers = n -> Optional.of(offer(n, 85, spent));
        JobRefused refusal = catchThrowableOfType(
                JobRefused.class, () -> Admission.judge(job(j -> j.put("on_budget", "REFUSE")), false, offers));
        Matcher named = Pattern.compile("va can pay \\d+ rounds \\(all 200 with noise_multiplier ([0-9.]+)\\)")
                .matcher(refusal.getMessage());
        assertThat(named.find()).as(refusal.getMessage()).isTrue();
        double sigma = Double.parseDouble(named.group(1));
        assertThat(Admission.judge(withNoise(sigma), false, offers))
                .extracting(NodePlan::affordableRounds)
                .containsOnly(200L);
        assertThatThrownBy(() -> Admission.judge(withNoise(sigma - 2e-4), false, offers))
                .isInstanceOf(JobRefused.class);
    }

    private static FederationJob withNoise(double sigma) {
        return job(j -> {
            j.put("on_budget", "REFUSE");
            ((ObjectNode) j.get("privacy")).put("noise_multiplier", sigma);
        });
    }

    @Test
    void judge_ceilingUsedUp_isSaid() {
        double budget = offer("va", 85, 0).dataset().filter().budget();
        assertThatThrownBy(() -> Admission.judge(job(j -> {}), false, n -> Optional.of(offer(n, 85, budget))))
                .isInstanceOf(JobRefused.class)
                .hasMessageContaining("expected at least 1 nodes that can pay the first round, got 0")
                .hasMessageContaining("va can pay 0 rounds (its dataset's ceiling is used up)");
    }

    @Test
    void judge_unknownClient_isNamed() {
        assertThatThrownBy(() -> Admission.judge(job(j -> {}), false, n -> Optional.empty()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("clients[0]")
                .hasMessageContaining("va");
    }

    @Test
    void judge_noNoiseOnPublicData_wantsTheLongestUpdateExceptInSimulation() {
        Dataset open = new Dataset("owner", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, true);
        Function<String, Optional<AdmissionPlanner.Offer>> offers =
                n -> Optional.of(new AdmissionPlanner.Offer(n, open, 0));
        Consumer<ObjectNode> plain = j -> {
            ObjectNode privacy = (ObjectNode) j.get("privacy");
            privacy.put("mechanism", "NONE");
            privacy.remove("noise_multiplier");
        };

        assertThatThrownBy(() -> Admission.judge(job(plain), false, offers))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(
                        "training.max_update_norm: expected a number > 0, as privacy.mechanism is NONE, got nothing");
        assertThat(Admission.judge(job(plain), true, offers)).hasSize(2);
        Consumer<ObjectNode> bounded =
                plain.andThen(j -> ((ObjectNode) j.get("training")).put("max_update_norm", 10.0));
        assertThat(Admission.judge(job(bounded), false, offers)).hasSize(2);
    }

    @Test
    void judge_noNoiseOnPrivateDataOutsideOfSimulation_isRefused() {
        FederationJob job = job(j -> {
            ObjectNode privacy = (ObjectNode) j.get("privacy");
            privacy.put("mechanism", "NONE");
            privacy.remove("noise_multiplier");
            ((ObjectNode) j.get("training")).put("max_update_norm", 10.0);
        });
        assertThatThrownBy(() -> Admission.judge(job, false, n -> Optional.of(offer(n, 85, 0))))
                .hasMessageContaining("privacy.mechanism");
        assertThat(Admission.judge(job, true, n -> Optional.of(offer(n, 85, 0))))
                .hasSize(2);
    }
}
