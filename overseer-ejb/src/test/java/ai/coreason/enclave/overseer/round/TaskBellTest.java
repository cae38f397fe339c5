package ai.coreason.enclave.overseer.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.stop.StopChanged;
import ai.coreason.enclave.overseer.stop.StopOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskBellTest {
    private final List<String> called = new ArrayList<>();
    private final TaskBell bell = new TaskBell();

    @Test
    void ring_oneNode_callsItsWaitersOnce() {
        bell.await("a", () -> called.add("a"));
        bell.await("b", () -> called.add("b"));

        bell.ring("a");
        bell.ring("a");

        assertThat(called).containsExactly("a");
    }

    @Test
    void close_pollsWait_callsAllOfThem() {
        bell.await("a", () -> called.add("a1"));
        bell.await("a", () -> called.add("a2"));
        bell.await("b", () -> called.add("b"));

        bell.close();

        assertThat(called).containsExactlyInAnyOrder("a1", "a2", "b");
        assertThat(bell.closed()).isTrue();
    }

    @Test
    void changed_somethingWasStopped_callsAllAndLetsThemWaitAgain() {
        bell.await("a", () -> called.add("a"));
        bell.await("b", () -> called.add("b"));

        bell.changed(new StopChanged(StopOrder.Kind.FEDERATION, "all"));

        assertThat(called).containsExactlyInAnyOrder("a", "b");
        assertThat(bell.await("a", () -> called.add("again"))).isTrue();
    }

    @Test
    void await_closed_letsNobodyWait() {
        bell.close();

        assertThat(bell.await("a", () -> called.add("a"))).isFalse();

        bell.ring("a");
        assertThat(called).isEmpty();
    }

    @Test
    void end_watchedShutdown_callsEveryWaiter() {
        bell.watchShutdown();
        bell.await("a", () -> called.add("a"));

        bell.end();

        assertThat(called).containsExactly("a");
    }
}
