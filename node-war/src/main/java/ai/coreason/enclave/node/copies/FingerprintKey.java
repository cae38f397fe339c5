package ai.coreason.enclave.node.copies;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A site's key for fingerprints of records: without it, nobody can find out from a fingerprint whether somebody's record is
 * in a dataset. Immutable; {@link #toString()} does not show it.
 */
final class FingerprintKey {
    /** Its length. */
    static final int BYTES = 32;

    /** The length of what {@link #mac} makes. */
    static final int MAC_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] secret;

    /** @throws IllegalArgumentException unless it is {@value #BYTES} bytes */
    FingerprintKey(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("expected a key of " + BYTES + " bytes, got " + secret.length);
        }
        this.secret = secret.clone();
    }

    /** The bytes of a new key. */
    static byte[] fresh() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** A new HMAC-SHA256 under this key (RFC 2104), which one thread may use again and again. */
    Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Whether both are one key. */
    boolean same(FingerprintKey other) {
        return MessageDigest.isEqual(secret, other.secret);
    }

    @Override
    public String toString() {
        return "FingerprintKey[REDACTED]";
    }
}
