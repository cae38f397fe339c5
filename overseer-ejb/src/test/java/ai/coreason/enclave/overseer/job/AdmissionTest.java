package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static FederationJob job(Consumer<ObjectNode> change) {
        ObjectNode job = SmallJob.document();
        job.putArray("clients").add("va").add("swiss");
        ((ObjectNode) job.get("privacy")).put("noise_multiplier", 3.0).put("target_delta", 0.001);
        change.accept(job);
        return FederationJob.parse(job, JobRules.inSimulation());
    }

    private static void unprotected(ObjectNode job) {
        job.putObject("privacy").put("mechanism", "NONE").put("max_grad_norm", 1.0);
        ((ObjectNode) job.get("training")).put("max_update_norm", 5.0);
    }

    private static Optional<AdmissionPlanner.Offer> offer(String node, boolean open) {
        return Optional.of(new AdmissionPlanner.Offer(
                node, new Dataset("owner_" + node, "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, open), 0));
    }

    @Test
    void judge_allCanPay_plansEachInTheJobsOrder() {
        assertThat(Admission.judge(job(j -> {}), false, n -> offer(n, false)))
                .extracting(NodePlan::nodeId)
                .containsExactly("va", "swiss");
    }

    @Test
    void judge_clientThatHasNotEnrolledWithTheDataset_namesItsPlace() {
        assertThatThrownBy(() ->
                        Admission.judge(job(j -> {}), false, n -> n.equals("va") ? offer(n, false) : Optional.empty()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("clients[1]: expected a trusted node that has enrolled with dataset heart, got swiss");
    }

    @Test
    void judge_withoutNoiseOnDataThatIsNotPublic_isForSimulationsOnly() {
        FederationJob job = job(AdmissionTest::unprotected);

        assertThatThrownBy(() -> Admission.judge(job, false, n -> offer(n, n.equals("va"))))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("privacy.mechanism: expected DP_SGD, as swiss's dataset is not public, got NONE");
        assertThat(Admission.judge(job, false, n -> offer(n, true))).hasSize(2);
        assertThat(Admission.judge(job, true, n -> offer(n, false))).hasSize(2);
    }

    @Test
    void judge_withoutNoiseAndWithoutABoundOnUpdates_isForSimulationsOnly() {
        FederationJob job = job(j -> {
            unprotected(j);
            ((ObjectNode) j.get("training")).remove("max_update_norm");
        });

        assertThatThrownBy(() -> Admission.judge(job, false, n -> offer(n, true)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(
                        "training.max_update_norm: expected a number > 0, as privacy.mechanism is NONE, got nothing");
        assertThat(Admission.judge(job, true, n -> offer(n, true))).hasSize(2);
    }
}
