package ai.coreason.enclave.overseer.round;

import static ai.coreason.enclave.overseer.round.ContributionState.ADMITTED;
import static ai.coreason.enclave.overseer.round.ContributionState.DECLINED;
import static ai.coreason.enclave.overseer.round.ContributionState.INVITED;
import static ai.coreason.enclave.overseer.round.ContributionState.REJECTED;
import static ai.coreason.enclave.overseer.round.ContributionState.UPLOADED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.AttemptKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private static final Instant DEADLINE = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant BEFORE = DEADLINE.minusSeconds(1);
    private static final Instant AFTER_GRACE = DEADLINE.plus(Closing.GRACE);

    private static Closing at(Instant now, ContributionState... states) {
        return Closing.of(List.of(states), 2, DEADLINE, now);
    }

    @Test
    void of_allSettledWithQuorum_aggregatesBeforeTheDeadline() {
        assertThat(at(BEFORE, ADMITTED, ADMITTED, DECLINED)).isEqualTo(Closing.AGGREGATE);
    }

    @Test
    void of_quorumButOneStillAwaited_waitsUntilTheDeadline() {
        assertThat(at(BEFORE, ADMITTED, ADMITTED, INVITED)).isEqualTo(Closing.WAIT);
        assertThat(at(DEADLINE, ADMITTED, ADMITTED, INVITED)).isEqualTo(Closing.AGGREGATE);
    }

    @Test
    void of_updateThatIsNeverJudged_isAwaitedForTheGraceOnly() {
        assertThat(at(DEADLINE, ADMITTED, ADMITTED, UPLOADED)).isEqualTo(Closing.WAIT);
        assertThat(at(AFTER_GRACE.minusMillis(1), ADMITTED, UPLOADED)).isEqualTo(Closing.WAIT);
        assertThat(at(AFTER_GRACE, ADMITTED, ADMITTED, UPLOADED)).isEqualTo(Closing.AGGREGATE);
        assertThat(at(AFTER_GRACE, ADMITTED, UPLOADED)).isEqualTo(Closing.ABANDON);
    }

    @Test
    void of_tooFewAdmitted_abandons() {
        assertThat(at(BEFORE, ADMITTED, REJECTED, DECLINED)).isEqualTo(Closing.ABANDON);
        assertThat(at(DEADLINE, ADMITTED, INVITED, INVITED)).isEqualTo(Closing.ABANDON);
    }

    @Test
    void miss_straggler_takesNoUpdateAnyMoreAndSettledOnesStay() {
        Round round = new Round(new AttemptKey("job", 1, 1), "d".repeat(64), BEFORE, DEADLINE);
        Contribution straggler = new Contribution(round, "node_a", "nonce");
        Contribution admitted = new Contribution(round, "node_b", "nonce");
        admitted.upload(new Upload("e".repeat(64), "e".repeat(64), 10));
        admitted.admit(0, Map.of());
        straggler.miss("the round ended first");
        admitted.miss("the round ended first");
        assertThat(straggler.state()).isEqualTo(ContributionState.MISSED);
        assertThat(admitted.state()).isEqualTo(ADMITTED);
        assertThatThrownBy(() -> straggler.upload(new Upload("f".repeat(64), "f".repeat(64), 10)))
                .isInstanceOf(IllegalStateException.class);
    }
}
