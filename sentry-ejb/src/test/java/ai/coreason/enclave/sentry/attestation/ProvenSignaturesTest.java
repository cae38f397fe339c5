package ai.coreason.enclave.sentry.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProvenSignaturesTest {
    private static PublicKey key;
    private static PublicKey other;

    private final ProvenSignatures proven = new ProvenSignatures("a scheme");
    private final AtomicInteger checks = new AtomicInteger();

    @BeforeAll
    static void keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        KeyPair one = generator.generateKeyPair();
        key = one.getPublic();
        other = generator.generateKeyPair().getPublic();
    }

    private boolean ask(boolean holds, PublicKey by, byte[]... parts) {
        return proven.holds(
                () -> {
                    checks.incrementAndGet();
                    return holds;
                },
                by,
                parts);
    }

    @Test
    void holds_oneThatHeld_isNotReckonedAgain() {
        assertThat(ask(true, key, new byte[] {1})).isTrue();
        assertThat(ask(false, key, new byte[] {1})).isTrue();
        assertThat(checks).hasValue(1);
    }

    @Test
    void holds_oneThatFailed_isReckonedEachTime() {
        assertThat(ask(false, key, new byte[] {1})).isFalse();
        assertThat(ask(false, key, new byte[] {1})).isFalse();
        assertThat(proven.size()).isZero();
        assertThat(ask(true, key, new byte[] {1})).isTrue();
        assertThat(checks).hasValue(3);
    }

    @Test
    void holds_otherKeyBytesOrCut_isReckoned() {
        ask(true, key, new byte[] {1}, new byte[] {2});
        assertThat(ask(false, other, new byte[] {1}, new byte[] {2})).isFalse();
        assertThat(ask(false, key, new byte[] {1}, new byte[] {3})).isFalse();
        assertThat(ask(false, key, new byte[] {1, 2}, new byte[0])).isFalse();
        assertThat(ask(false, key, new byte[] {1, 2})).isFalse();
        assertThat(ask(false, key, new byte[0], new byte[] {1, 2})).isFalse();
    }

    @Test
    void holds_many_keepsThoseUsedLast() {
        for (int i = 0; i < 3000; i++) {
            ask(true, key, ByteBuffer.allocate(4).putInt(i).array());
            ask(true, key, new byte[] {1});
        }
        assertThat(proven.size()).isEqualTo(1024);
        assertThat(ask(false, key, new byte[] {1})).isTrue();
        assertThat(ask(false, key, ByteBuffer.allocate(4).putInt(0).array())).isFalse();
    }
}
