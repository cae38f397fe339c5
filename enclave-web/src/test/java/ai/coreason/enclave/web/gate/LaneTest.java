package ai.coreason.enclave.web.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final List<String> started = new ArrayList<>();

    private Runnable work(String name) {
        return () -> started.add(name);
    }

    @Test
    void enter_moreThanRun_waitInOrderAndTheRestIsTurnedAway() {
        Lane lane = new Lane(2, 2);
        assertThat(lane.enter("of a", work("a"))).isTrue();
        assertThat(lane.enter("of b", work("b"))).isTrue();
        assertThat(lane.enter("of c", work("c"))).isTrue();
        assertThat(lane.enter("of d", work("d"))).isTrue();
        assertThat(lane.enter("of e", work("e"))).isFalse();
        assertThat(started).containsExactly("a", "b");

        lane.done();
        lane.done();

        assertThat(started).containsExactly("a", "b", "c", "d");
        assertThat(lane.enter("of f", work("f"))).isTrue();
        assertThat(started).doesNotContain("f");
    }

    @Test
    void leave_workThatWaits_isNeverStarted() {
        Lane lane = new Lane(1, 2);
        Runnable waits = work("b");
        lane.enter("of a", work("a"));
        lane.enter("of b", waits);

        assertThat(lane.leave(waits)).isTrue();
        assertThat(lane.leave(waits)).isFalse();
        lane.done();

        assertThat(started).containsExactly("a");
        assertThat(lane.enter("of c", work("c"))).isTrue();
        assertThat(started).containsExactly("a", "c");
    }

    @Test
    void enter_oneCallerComesAgainAndAgain_hasAQuarterOfThePlaces() {
        Lane lane = new Lane(1, 8);
        lane.enter("attacker", work("a"));
        assertThat(lane.enter("attacker", work("b"))).isTrue();
        assertThat(lane.enter("attacker", work("c"))).isTrue();

        assertThat(lane.enter("attacker", work("d"))).isFalse();
        assertThat(lane.enter("another", work("e"))).isTrue();
        lane.done();
        assertThat(lane.enter("attacker", work("f"))).isTrue();
    }
}
