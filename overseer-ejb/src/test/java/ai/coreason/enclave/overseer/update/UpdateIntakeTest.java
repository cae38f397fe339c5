package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.overseer.load.Busy;
import ai.coreason.enclave.overseer.load.MemoryPlan;
import ai.coreason.enclave.overseer.load.MemoryShare;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.overseer.load.Turns;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is turned away before a byte of it is read. */
class UpdateIntakeTest {
    private static final long HEAP = 256L << 20;
    private static final InputStream UNREAD = new InputStream() {
        @Override
        public int read() {
            throw new AssertionError("was read");
        }
    };

    private final Turns turns = new Turns();
    private final ModelMemory memory = new ModelMemory(new MemoryPlan(HEAP), Duration.ofMinutes(1));
    private final UpdateIntake intake = new UpdateIntake(memory, turns);

    private void assertTurnedAway(String why) {
        assertThatThrownBy(() -> intake.receive("j", 1, "a", new UpdateIntake.Upload("d", HEAP, UNREAD)))
                .isInstanceOf(Busy.class)
                .hasMessageContaining(why);
    }

    @Test
    void receive_secondOfOneNodeAtOnce_isTurnedAwayUnread() {
        Turns.Turn first = turns.begin(Turns.Kind.UPLOAD, "a");

        assertTurnedAway("expected one call of this kind at a time of a");

        first.close();
        turns.begin(Turns.Kind.UPLOAD, "a");
    }

    @Test
    void receive_othersWaitForMemory_isTurnedAwayUnreadAndLeavesItsTurn() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        MemoryShare.Permit all = memory.upload(HEAP);
        Future<?> waits = thread.submit(() -> memory.upload(1).close());
        while (!turnedAway()) {
            Thread.onSpinWait();
        }

        assertTurnedAway("got more than fit into this Overseer's memory");

        assertThat(waits.isDone()).isFalse();
        turns.begin(Turns.Kind.UPLOAD, "a").close();
        all.close();
        waits.get();
        memory.expectRoomForUploads();
        thread.shutdown();
    }

    private boolean turnedAway() {
        try {
            memory.expectRoomForUploads();
            return false;
        } catch (Busy busy) {
            return true;
        }
    }

    @Test
    void upload_noMemoryWithinItsPatience_isTurnedAway() {
        ModelMemory hasty = new ModelMemory(new MemoryPlan(HEAP), Duration.ZERO);
        MemoryShare.Permit all = hasty.upload(HEAP);
        assertThatThrownBy(() -> hasty.upload(1)).isInstanceOf(Busy.class);
        all.close();
        hasty.upload(1).close();
    }
}
