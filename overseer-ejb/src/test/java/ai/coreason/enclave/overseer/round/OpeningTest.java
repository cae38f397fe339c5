package ai.coreason.enclave.overseer.round;

import static ai.coreason.enclave.overseer.job.ParticipationState.ACTIVE;
import static ai.coreason.enclave.overseer.job.ParticipationState.LEFT_BUDGET;
import static ai.coreason.enclave.overseer.job.ParticipationState.QUARANTINED;
import static ai.coreason.enclave.overseer.job.ParticipationState.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.job.JobState;
import ai.coreason.enclave.overseer.job.ParticipationState;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OpeningTest {
    @Test
    void of_justEnoughNodes_opens() {
        assertThat(Opening.of(List.of(ACTIVE, LEFT_BUDGET, ACTIVE), 2)).isEqualTo(new Opening.Open());
    }

    @Test
    void of_tooFewAndOneCouldNotPay_haltsTheJobForItsBudget() {
        assertThat(Opening.of(List.of(ACTIVE, LEFT_BUDGET, QUARANTINED), 2))
                .isEqualTo(new Opening.End(JobState.HALTED_BUDGET, "1 of 3 nodes can go on, fewer than min_clients 2"));
    }

    @Test
    void of_tooFewForAnotherReason_failsTheJob() {
        assertThat(Opening.of(List.of(REFUSED, QUARANTINED), 1))
                .isEqualTo(new Opening.End(JobState.FAILED, "0 of 2 nodes can go on, fewer than min_clients 1"));
    }

    @Test
    void after_budget_leavesForTheBudget() {
        assertThat(ParticipationState.after(DeclineReason.BUDGET)).contains(LEFT_BUDGET);
    }

    @Test
    void after_internal_takesPartInTheNextRound() {
        assertThat(ParticipationState.after(DeclineReason.INTERNAL)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = DeclineReason.class,
            names = {"SCHEMA", "RECORDS", "POLICY", "DATASET"})
    void after_anyOther_takesPartNoMore(DeclineReason reason) {
        assertThat(ParticipationState.after(reason)).contains(REFUSED);
    }
}
