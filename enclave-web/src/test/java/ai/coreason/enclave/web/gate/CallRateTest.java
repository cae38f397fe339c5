package ai.coreason.enclave.web.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.web.gate.CallRate.Limit;
import org.junit.jupiter.api.Test;

class CallRateTest {
    private long nanos;

    private final CallRate rate = new CallRate(new Limit(1, 3), new Limit(10, 5), () -> nanos);

    @Test
    void allows_oneAddress_itsBurstAndThenSoManyASecond() {
        assertThat(rate.allows("a")).isTrue();
        assertThat(rate.allows("a")).isTrue();
        assertThat(rate.allows("a")).isTrue();
        assertThat(rate.allows("a")).isFalse();

        nanos += 1_000_000_000;

        assertThat(rate.allows("a")).isTrue();
        assertThat(rate.allows("a")).isFalse();
    }

    @Test
    void allows_manyAddresses_areBoundedTogether() {
        int allowed = 0;
        for (int i = 0; i < 100; i++) {
            allowed += rate.allows("address " + i) ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(5);
    }

    @Test
    void allows_longPause_savesNoMoreThanTheBurst() {
        nanos += 3_600_000_000_000L;
        int allowed = 0;
        for (int i = 0; i < 100; i++) {
            allowed += rate.allows("a") ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(3);
    }

    @Test
    void allows_moreAddressesThanAreRemembered_keepsWorking() {
        for (int i = 0; i < 50_000; i++) {
            nanos += 1_000_000_000;
            assertThat(rate.allows("address " + i)).isTrue();
        }
    }
}
