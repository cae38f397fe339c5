package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.overseer.vault.StartSecret;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Nonces for the evidence of an enrolment, which nobody has to remember: whoever asks for one costs no row. A nonce is 32 bytes: its end
 * in milliseconds since 1970 (8, big-endian), 8 random bytes, and the first 16 of HMAC-SHA256 over these and the node's id, with a
 * key that derives from the {@link StartSecret}. That one was used is noted when its token proves to be good. Thread-safe.
 */
@ApplicationScoped
public class EnrolmentNonces {
    private static final String HMAC = "HmacSHA256";
    private static final int BYTES = 32;
    private static final int SAID = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private byte[] key;

    /** For the container's proxies. */
    protected EnrolmentNonces() {}

    /** Nonces under the secret of this start. */
    @Inject
    public EnrolmentNonces(StartSecret secret) {
        this.key = secret.derive("coreason/enrolment-nonces/v1");
    }

    /** A nonce for a node, base64. */
    public String issue(String nodeId, Instant now, Duration validity) {
        byte[] random = new byte[Long.BYTES];
        RANDOM.nextBytes(random);
        byte[] said = ByteBuffer.allocate(SAID)
                .putLong(now.plus(validity).toEpochMilli())
                .put(random)
                .array();
        byte[] nonce = Arrays.copyOf(said, BYTES);
        System.arraycopy(proof(nodeId, said), 0, nonce, SAID, BYTES - SAID);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** Until when a nonce may be used by a node; empty if it is not one, another node's, or out of date. */
    public Optional<Instant> end(String nodeId, String nonce, Instant now) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(nonce);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length != BYTES || !Base64.getEncoder().encodeToString(bytes).equals(nonce)) {
            return Optional.empty();
        }
        byte[] said = Arrays.copyOf(bytes, SAID);
        byte[] proof = Arrays.copyOfRange(bytes, SAID, BYTES);
        if (!MessageDigest.isEqual(proof, Arrays.copyOf(proof(nodeId, said), BYTES - SAID))) {
            return Optional.empty();
        }
        Instant end = Instant.ofEpochMilli(ByteBuffer.wrap(said).getLong());
        return now.isAfter(end) ? Optional.empty() : Optional.of(end);
    }

    private byte[] proof(String nodeId, byte[] said) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            mac.update(said);
            return mac.doFinal(nodeId.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
