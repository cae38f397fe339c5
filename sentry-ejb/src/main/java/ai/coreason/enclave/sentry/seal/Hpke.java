package ai.coreason.enclave.sentry.seal;

import ai.coreason.enclave.base.InvalidDocument;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Hybrid public key encryption in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM (RFC 9180,
 * section 5.1.1; KEM 0x0020, KDF 0x0001, AEAD 0x0002). One message a context, so the AEAD nonce never repeats.
 *
 * <p>Sealed bytes: 32 bytes encapsulated key, then the ciphertext with its 16-byte tag. Base mode does not say who
 * sealed; what binds a sender goes into {@code info} and {@code aad}. Thread-safe.
 */
public final class Hpke {
    /** The suite's name on the wire. */
    public static final String SUITE = "DHKEM_X25519_HKDF_SHA256/HKDF_SHA256/AES_256_GCM";
    /** Length of a public key, bytes. */
    public static final int KEY_LENGTH = 32;
    /** How much longer the sealed bytes are than the plaintext. */
    public static final int OVERHEAD = KEY_LENGTH + 16;

    private Hpke() {}

    /** A recipient's key pair; the private half stays inside and is never shown. */
    public static final class KeyPair {
        private final AsymmetricCipherKeyPair pair;

        private KeyPair(AsymmetricCipherKeyPair pair) {
            this.pair = pair;
        }

        /** The public key, 32 bytes. */
        public byte[] publicKey() {
            return suite().serializePublicKey(pair.getPublic());
        }

        @Override
        public String toString() {
            return "Hpke.KeyPair[REDACTED]";
        }
    }

    /** A new key pair from the platform's secure random source. */
    public static KeyPair newKeyPair() {
        byte[] ikm = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(ikm);
        return keyPairFrom(ikm);
    }

    /**
     * The key pair that belongs to secret key material, by DeriveKeyPair (RFC 9180, section 7.1.3).
     *
     * @param ikm at least 32 bytes of secret randomness
     * @throws IllegalArgumentException if it is shorter
     */
    public static KeyPair keyPairFrom(byte[] ikm) {
        if (ikm.length < KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "ikm: expected at least " + KEY_LENGTH + " bytes, got " + ikm.length + " bytes");
        }
        return new KeyPair(suite().deriveKeyPair(ikm.clone()));
    }

    /**
     * Seals a message to a public key.
     *
     * @param publicKey the recipient's, 32 bytes
     * @param info what the context is bound to; the opener must know the same bytes
     * @param aad what this message is bound to; not secret, not contained in the sealed bytes
     * @return {@link #OVERHEAD} bytes more than {@code plain}
     * @throws InvalidDocument if the public key is not one, or is of low order
     */
    public static byte[] seal(byte[] publicKey, byte[] info, byte[] aad, byte[] plain) {
        return seal(publicKey, info, aad, plain, suite().generatePrivateKey());
    }

    static byte[] seal(byte[] publicKey, byte[] info, byte[] aad, byte[] plain, AsymmetricCipherKeyPair ephemeral) {
        HPKEContextWithEncapsulation context = context(publicKey, info, ephemeral);
        try {
            byte[] cipher = context.seal(aad, plain);
            byte[] sealed = new byte[KEY_LENGTH + cipher.length];
            System.arraycopy(context.getEncapsulation(), 0, sealed, 0, KEY_LENGTH);
            System.arraycopy(cipher, 0, sealed, KEY_LENGTH, cipher.length);
            return sealed;
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Opens sealed bytes.
     *
     * @throws InvalidDocument if they were not sealed to this key with this info and aad, or were changed since; the
     *     message does not say which
     */
    public static byte[] open(KeyPair recipient, byte[] info, byte[] aad, byte[] sealed) {
        if (sealed.length < OVERHEAD) {
            throw InvalidDocument.at("sealed", "at least " + OVERHEAD + " bytes", sealed.length + " bytes");
        }
        byte[] encapsulated = java.util.Arrays.copyOf(sealed, KEY_LENGTH);
        try {
            return suite().setupBaseR(encapsulated, recipient.pair, info)
                    .open(aad, sealed, KEY_LENGTH, sealed.length - KEY_LENGTH);
        } catch (InvalidCipherTextException | IllegalStateException | IllegalArgumentException e) {
            throw InvalidDocument.at("sealed", "bytes sealed to this key for this purpose", "others");
        }
    }

    private static HPKEContextWithEncapsulation context(
            byte[] publicKey, byte[] info, AsymmetricCipherKeyPair ephemeral) {
        if (publicKey.length != KEY_LENGTH) {
            throw InvalidDocument.at("public key", KEY_LENGTH + " bytes", publicKey.length + " bytes");
        }
        try {
            AsymmetricKeyParameter key = suite().deserializePublicKey(publicKey);
            return suite().setupBaseS(key, info, ephemeral);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw InvalidDocument.at("public key", "an X25519 key that is not of low order", "another");
        }
    }

    /** A fresh instance: BouncyCastle's carries key-schedule state. */
    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }
}
