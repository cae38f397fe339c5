package ai.coreason.enclave.web.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShareTest {
    private static final int MIB = 1 << 20;

    private final Share share = new Share(16 * MIB);

    @Test
    void take_oneCallerTakesAllItCan_hasAQuarterAndOthersGoOn() {
        assertThat(all("attacker", MIB)).isEqualTo(4);

        assertThat(share.take("attacker", 1)).isFalse();
        assertThat(share.take("another", MIB)).isTrue();
    }

    @Test
    void take_manyCallersTakeAllTheyCan_leaveRoomForOneMore() {
        for (int i = 0; i < 4; i++) {
            all("attacker " + i, 4 << 10);
        }
        assertThat(share.take("another", MIB)).isTrue();

        for (int i = 4; i < 16; i++) {
            all("attacker " + i, 4 << 10);
        }
        assertThat(share.take("a third", 4 << 10)).isTrue();
    }

    @Test
    void give_all_everythingIsThereAgain() {
        all("one", MIB);
        for (int i = 0; i < 4; i++) {
            new Held(share, "one", MIB).release();
        }

        assertThat(all("one", MIB)).isEqualTo(4);
        assertThat(share.take("another", 3 * MIB)).isTrue();
    }

    @Test
    void release_twice_givesBackOnce() {
        all("one", MIB);
        Held held = new Held(share, "one", MIB);
        held.release();
        held.release();

        assertThat(all("one", MIB)).isEqualTo(1);
    }

    private int all(String caller, long amount) {
        int taken = 0;
        while (share.take(caller, amount)) {
            taken++;
        }
        return taken;
    }
}
