package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.seal.Hpke;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;

/**
 * The public key to which a node seals its updates: {@code hpke {suite, key}}.
 *
 * @param key X25519 public key, 32 bytes; the suite is always {@link Hpke#SUITE}
 */
public record SealingKey(byte[] key) {
    /**
     * Copies the key.
     *
     * @throws IllegalArgumentException if it does not have 32 bytes
     */
    public SealingKey {
        if (key.length != Hpke.KEY_LENGTH) {
            throw new IllegalArgumentException("key: expected " + Hpke.KEY_LENGTH + " bytes, got " + key.length);
        }
        key = key.clone();
    }

    /** A copy of the key. */
    @Override
    public byte[] key() {
        return key.clone();
    }

    /** Reads the members of {@code {suite, key}}. */
    public static SealingKey read(JsonFields f) {
        f.text("suite", Hpke.SUITE, Hpke.SUITE::equals);
        SealingKey read = new SealingKey(Formats.base64(f, "key", Hpke.KEY_LENGTH, Hpke.KEY_LENGTH));
        f.end();
        return read;
    }

    /** The key as JSON, the same object that stands in report data. */
    public ObjectNode json() {
        return Json.object().put("suite", Hpke.SUITE).put("key", Formats.base64(key));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SealingKey that && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }
}
