package ai.coreason.enclave.node.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.sentry.contract.NodeDataset;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeptPrintsTest {
    private static final FingerprintKey KEY = new FingerprintKey(new byte[32]);
    private static final NodeDataset HEART = new NodeDataset("node_a", "heart");
    private static final NodeDataset LUNG = new NodeDataset("node_b", "lung");
    private static final Sketch BARE = new Sketch(new long[] {Long.MIN_VALUE, -1, 0, 7}, true);
    private static final Sketch WHOLE = new Sketch(new long[] {3, Long.MAX_VALUE}, false);

    private static byte[] file() {
        return new KeptPrints(HEART, Set.of(LUNG), new Prints(BARE, WHOLE)).encode(KEY);
    }

    @Test
    void decode_whatWasEncoded_isTheSame() throws Exception {
        KeptPrints read = KeptPrints.decode(file(), KEY, "f");
        assertThat(read.dataset()).isEqualTo(HEART);
        assertThat(read.distinctFrom()).containsExactly(LUNG);
        assertThat(read.encode(KEY)).isEqualTo(file());
        assertThat(read.prints().twofold()).isTrue();
        assertThat(read.prints().whole().complete()).isFalse();
    }

    @Test
    void decode_oneView_isOneAgain() throws Exception {
        byte[] file = new KeptPrints(HEART, Set.of(), new Prints(BARE, BARE)).encode(KEY);
        assertThat(KeptPrints.decode(file, KEY, "f").prints().twofold()).isFalse();
    }

    @Test
    void decode_truncatedAnywhere_isRefusedByName() {
        byte[] file = file();
        for (int length = 0; length < file.length; length++) {
            byte[] part = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> KeptPrints.decode(part, KEY, "f"))
                    .isInstanceOf(UnusableSketch.class)
                    .hasMessageStartingWith("f: expected ");
        }
    }

    @Test
    void decode_alteredAnywhere_isRefused() {
        for (int at = 0; at < file().length; at++) {
            byte[] altered = file();
            altered[at] ^= 1;
            assertThatThrownBy(() -> KeptPrints.decode(altered, KEY, "f")).isInstanceOf(UnusableSketch.class);
        }
    }

    @Test
    void decode_longer_isRefused() {
        byte[] longer = Arrays.copyOf(file(), file().length + 1);
        assertThatThrownBy(() -> KeptPrints.decode(longer, KEY, "f")).isInstanceOf(UnusableSketch.class);
    }

    @Test
    void decode_anotherVersion_isRefusedByItsNumber() {
        byte[] newer = file();
        newer[11] = 2;
        assertThatThrownBy(() -> KeptPrints.decode(newer, KEY, "f"))
                .hasMessage("f: expected fingerprints of version 1, got version 2");
    }

    @Test
    void decode_anotherKey_isRefused() {
        byte[] other = new byte[32];
        other[0] = 1;
        assertThatThrownBy(() -> KeptPrints.decode(file(), new FingerprintKey(other), "f"))
                .hasMessageContaining("expected the tag of this site's key");
    }

    @Test
    void distinct_bothSides_areHeard() {
        KeptPrints heart = new KeptPrints(HEART, Set.of(LUNG), new Prints(BARE, BARE));
        KeptPrints lung = new KeptPrints(LUNG, Set.of(), new Prints(BARE, BARE));
        assertThat(heart.distinct(lung)).isTrue();
        assertThat(lung.distinct(heart)).isTrue();
        assertThat(lung.distinct(lung)).isFalse();
    }

    @Test
    void toString_keysAndFingerprints_areNotShown() {
        assertThat(new KeptPrints(HEART, Set.of(), new Prints(BARE, WHOLE)) + " " + KEY)
                .contains("REDACTED")
                .doesNotContain("" + Long.MIN_VALUE, "" + Long.MAX_VALUE, "[B@");
    }
}
