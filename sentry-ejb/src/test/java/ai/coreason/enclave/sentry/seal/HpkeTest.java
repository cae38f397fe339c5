package ai.coreason.enclave.sentry.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;

class HpkeTest {
    private static final byte[] INFO = "coreason/update".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AAD = "job 1, round 2".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PLAIN = "the update".getBytes(StandardCharsets.UTF_8);

    private final Hpke.KeyPair recipient = Hpke.newKeyPair();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /** RFC 9180's base-mode setup for this suite, as published with the test vectors of BoringSSL and Tink. */
    @Test
    void seal_publishedVector_givesItsCiphertext() {
        X25519PrivateKeyParameters ephemeral =
                new X25519PrivateKeyParameters(hex("28e212563a8b6f068af7ff17400ff1baf23612b7a738bbaf5dfb321b2b5b431a"));
        byte[] sealed = Hpke.seal(
                hex("ac66bae9ffa270cf4a89ed9f274e30c0456babae2572aaaf002ff0d8884ab018"),
                "Ode on a Grecian Urn".getBytes(StandardCharsets.UTF_8),
                "Count-0".getBytes(StandardCharsets.UTF_8),
                "Beauty is truth, truth beauty".getBytes(StandardCharsets.UTF_8),
                new AsymmetricCipherKeyPair(ephemeral.generatePublicKey(), ephemeral));
        assertThat(Arrays.copyOfRange(sealed, Hpke.KEY_LENGTH, sealed.length))
                .isEqualTo(hex("23ded2d5d90ea89d975dac4792b297240f194952d7421aacbff0474100052b6bb8aa58d1"
                        + "8ef6c42b6960e2e28f"));
        assertThat(Arrays.copyOf(sealed, Hpke.KEY_LENGTH))
                .isEqualTo(ephemeral.generatePublicKey().getEncoded());
    }

    /** RFC 9180, appendix A.1.1: the key pair that follows from ikmR. */
    @Test
    void keyPairFrom_rfc9180KeyMaterial_givesItsPublicKey() {
        Hpke.KeyPair pair = Hpke.keyPairFrom(hex("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037"));
        assertThat(pair.publicKey()).isEqualTo(hex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"));
    }

    @Test
    void open_sealedBytes_givesThePlaintext() {
        byte[] sealed = Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN);
        assertThat(sealed).hasSize(PLAIN.length + Hpke.OVERHEAD);
        assertThat(Hpke.open(recipient, INFO, AAD, sealed)).isEqualTo(PLAIN);
    }

    @Test
    void seal_sameMessageTwice_givesDifferentBytes() {
        assertThat(Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN))
                .isNotEqualTo(Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN));
    }

    @Test
    void open_anyBitFlipped_isRefused() {
        byte[] sealed = Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            if (bit == Hpke.KEY_LENGTH * 8 - 1) {
                continue; // X25519 ignores the top bit; the key schedule still binds it, tested below
            }
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Hpke.open(recipient, INFO, AAD, changed))
                    .as("bit %d", bit)
                    .isInstanceOf(InvalidDocument.class);
        }
    }

    @Test
    void open_topBitOfTheEncapsulatedKeyFlipped_isRefused() {
        byte[] sealed = Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN);
        sealed[Hpke.KEY_LENGTH - 1] ^= (byte) 0x80;
        assertThatThrownBy(() -> Hpke.open(recipient, INFO, AAD, sealed)).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void open_truncatedAtEveryOffset_isRefused() {
        byte[] sealed = Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN);
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> Hpke.open(recipient, INFO, AAD, cut)).isInstanceOf(InvalidDocument.class);
        }
    }

    @Test
    void open_otherInfoAadOrKey_isRefusedWithoutSayingWhich() {
        byte[] sealed = Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN);
        String message = "sealed: expected bytes sealed to this key for this purpose, got others";
        assertThatThrownBy(() -> Hpke.open(recipient, AAD, AAD, sealed)).hasMessage(message);
        assertThatThrownBy(() -> Hpke.open(recipient, INFO, INFO, sealed)).hasMessage(message);
        assertThatThrownBy(() -> Hpke.open(Hpke.newKeyPair(), INFO, AAD, sealed))
                .hasMessage(message);
    }

    @Test
    void open_encapsulatedKeyOfLowOrder_isRefused() {
        byte[] sealed = Hpke.seal(recipient.publicKey(), INFO, AAD, PLAIN);
        Arrays.fill(sealed, 0, Hpke.KEY_LENGTH, (byte) 0);
        assertThatThrownBy(() -> Hpke.open(recipient, INFO, AAD, sealed)).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void seal_publicKeyOfLowOrderOrWrongLength_isRefused() {
        assertThatThrownBy(() -> Hpke.seal(new byte[32], INFO, AAD, PLAIN)).isInstanceOf(InvalidDocument.class);
        assertThatThrownBy(() -> Hpke.seal(new byte[31], INFO, AAD, PLAIN))
                .hasMessage("public key: expected 32 bytes, got 31 bytes");
    }

    @Test
    void toString_keyPair_showsNothing() {
        assertThat(recipient).hasToString("Hpke.KeyPair[REDACTED]");
    }
}
