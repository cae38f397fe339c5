package ai.coreason.enclave.overseer.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.overseer.load.Turns.Kind;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns();

    @Test
    void begin_secondOfOneNodeAtOnce_isTurnedAwayUntilTheFirstHasEnded() {
        Turns.Turn first = turns.begin(Kind.UPLOAD, "a");
        assertThatThrownBy(() -> turns.begin(Kind.UPLOAD, "a"))
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.retryAfterSeconds()).isPositive())
                .hasMessage("expected one call of this kind at a time of a, got a second one");

        first.close();

        turns.begin(Kind.UPLOAD, "a");
        first.close(); // closed before, it ends no other
        assertThatThrownBy(() -> turns.begin(Kind.UPLOAD, "a")).isInstanceOf(Busy.class);
    }

    @Test
    void begin_otherNodesAndOtherKinds_areNotHeldUp() {
        try (Turns.Turn a = turns.begin(Kind.UPLOAD, "a");
                Turns.Turn b = turns.begin(Kind.UPLOAD, "b");
                Turns.Turn rows = turns.begin(Kind.LEDGER, "a")) {
            assertThat(a).isNotSameAs(b).isNotSameAs(rows);
        }
    }
}
