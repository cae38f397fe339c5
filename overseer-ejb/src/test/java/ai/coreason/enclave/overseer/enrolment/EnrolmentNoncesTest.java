package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.vault.StartSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class EnrolmentNoncesTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final Duration VALIDITY = Duration.ofMinutes(10);

    private final EnrolmentNonces nonces = new EnrolmentNonces(StartSecret.of("a secret that nobody else would guess"));

    @Test
    void end_ownNonce_isItsValidity() {
        String nonce = nonces.issue("node_a", NOW, VALIDITY);

        assertThat(nonces.end("node_a", nonce, NOW)).contains(NOW.plus(VALIDITY));
        assertThat(nonces.end("node_a", nonce, NOW.plus(VALIDITY))).isPresent();
        assertThat(nonces.end("node_a", nonce, NOW.plus(VALIDITY).plusMillis(1)))
                .isEmpty();
        assertThat(nonces.issue("node_a", NOW, VALIDITY)).isNotEqualTo(nonce);
    }

    @Test
    void end_anotherNodesOrAnotherSecretsNonce_isEmpty() {
        String nonce = nonces.issue("node_a", NOW, VALIDITY);
        EnrolmentNonces others = new EnrolmentNonces(StartSecret.of("a secret that somebody else has made up"));

        assertThat(nonces.end("node_b", nonce, NOW)).isEmpty();
        assertThat(others.end("node_a", nonce, NOW)).isEmpty();
    }

    @Test
    void end_anyBitChanged_isEmpty() {
        byte[] nonce = Base64.getDecoder().decode(nonces.issue("node_a", NOW, VALIDITY));
        for (int bit = 0; bit < 8 * nonce.length; bit++) {
            byte[] changed = nonce.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(nonces.end("node_a", Base64.getEncoder().encodeToString(changed), NOW))
                    .as("bit " + bit)
                    .isEmpty();
        }
    }

    @Test
    void end_otherText_isEmpty() {
        for (String text : new String[] {"", "x", "====", "AAAA", "A".repeat(44), "A".repeat(43) + "="}) {
            assertThat(nonces.end("node_a", text, NOW)).as(text).isEmpty();
        }
    }
}
