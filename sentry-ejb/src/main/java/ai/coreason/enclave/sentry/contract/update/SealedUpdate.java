package ai.coreason.enclave.sentry.contract.update;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.seal.Hpke;
import java.nio.charset.StandardCharsets;

/**
 * An update that only the Overseer opens, and the statement that it is bound to. The bytes are not copied; nobody changes them
 * afterwards.
 *
 * @param statement what it answers and what it cost
 * @param digest SHA-256 of the sealed bytes, lower-case hex: by this an update is known
 * @param bytes the update by HPKE, at least {@link Hpke#OVERHEAD} bytes
 */
public record SealedUpdate(UpdateStatement statement, String digest, byte[] bytes) {
    private static final String INFO = "coreason/update/v1";

    /**
     * Checks the bytes.
     *
     * @throws InvalidDocument if they are too few to be sealed ones, or have another digest
     */
    public SealedUpdate {
        if (bytes.length < Hpke.OVERHEAD) {
            throw InvalidDocument.at("sealed", "at least " + Hpke.OVERHEAD + " bytes", bytes.length + " bytes");
        }
        requireDigest(digest, Digests.sha256Hex(bytes));
    }

    /** The statement and the bytes that are bound to it. */
    public static SealedUpdate of(UpdateStatement statement, byte[] bytes) {
        return new SealedUpdate(statement, Digests.sha256Hex(bytes), bytes);
    }

    /** Whether the digest that somebody states is the one that sealed bytes have. */
    static void requireDigest(String stated, String actual) {
        if (!actual.equals(stated)) {
            throw InvalidDocument.at("sealed_sha256", actual + ", as the sealed bytes have", stated);
        }
    }

    /**
     * Seals an update, each time to other bytes.
     *
     * @param to the job's key
     * @param plain a safetensors file that passed the airlock
     * @throws InvalidDocument if the key is none
     */
    public static SealedUpdate seal(UpdateStatement statement, SealingKey to, byte[] plain) {
        return of(statement, Hpke.seal(to.key(), info(), statement.aad(), plain));
    }

    /**
     * What is sealed.
     *
     * @throws InvalidDocument if it was not sealed to this key with just this statement
     */
    public byte[] open(Hpke.KeyPair recipient) {
        return Hpke.open(recipient, info(), statement.aad(), bytes);
    }

    /** The HPKE {@code info} of every sealed update. */
    public static byte[] info() {
        return INFO.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "SealedUpdate[" + statement + ", " + bytes.length + " bytes]";
    }
}
