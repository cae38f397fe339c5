package ai.coreason.enclave.privacy.noise;

import ai.coreason.enclave.base.AttemptKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of one attempt at one round: for every step one key each for the sample, the gradient's noise, the metrics' noise
 * and the dropout masks, HMAC-SHA-256 of the step under a secret of that purpose, so that no key serves two steps or two
 * purposes. A step's key is given out
 * once. Make a new instance for every attempt. Not thread-safe; {@code toString} shows no key.
 */
public final class NoiseKeys {
    private enum Purpose {
        SAMPLING,
        NOISE,
        METRICS,
        DROPOUT
    }

    /** The generator of one purpose's keys and the last step that it was asked for. */
    private static final class Line {
        private final Mac mac;
        private long last;

        Line(byte[] secret) {
            this.mac = hmac(secret);
        }

        byte[] key(long step) {
            if (step <= last) {
                throw new IllegalStateException("step: expected one after " + last + ", got " + step);
            }
            last = step;
            return mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
        }
    }

    private final Map<Purpose, Line> lines = new EnumMap<>(Purpose.class);

    private NoiseKeys() {}

    /** Keys that nobody can know or repeat, from the platform's {@link SecureRandom}. */
    public static NoiseKeys fresh() {
        SecureRandom random = new SecureRandom();
        NoiseKeys keys = new NoiseKeys();
        for (Purpose purpose : Purpose.values()) {
            byte[] secret = new byte[KeyStream.KEY_BYTES];
            random.nextBytes(secret);
            keys.lines.put(purpose, new Line(secret));
        }
        return keys;
    }

    /**
     * Keys that the same arguments give again, for simulation only: who knows the seed can take the noise off.
     *
     * @param seed the job's
     * @param key what is trained; the attempt counts, so that a repeated round gets other noise
     */
    public static NoiseKeys seeded(long seed, AttemptKey key, String nodeId) {
        NoiseKeys keys = new NoiseKeys();
        byte[] seedBytes = ByteBuffer.allocate(Long.BYTES).putLong(seed).array();
        for (Purpose purpose : Purpose.values()) {
            Mac mac = hmac(seedBytes);
            for (String part : new String[] {"coreason/simulation/v1", purpose.name(), key.jobId(), nodeId}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                mac.update(bytes);
            }
            byte[] secret = mac.doFinal(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(key.round())
                    .putLong(key.attempt())
                    .array());
            keys.lines.put(purpose, new Line(secret));
        }
        return keys;
    }

    /**
     * The key of one step's sample.
     *
     * @param step from 1, above every step asked for before
     * @throws IllegalStateException if that step's key was given out already
     */
    public byte[] sampling(long step) {
        return lines.get(Purpose.SAMPLING).key(step);
    }

    /**
     * The key of one step's noise.
     *
     * @param step from 1, above every step asked for before
     * @throws IllegalStateException if that step's key was given out already
     */
    public byte[] noise(long step) {
        return lines.get(Purpose.NOISE).key(step);
    }

    /**
     * The key of one step's noise on its metrics.
     *
     * @param step from 1, above every step asked for before
     * @throws IllegalStateException if that step's key was given out already
     */
    public byte[] metrics(long step) {
        return lines.get(Purpose.METRICS).key(step);
    }

    /**
     * The key of one step's dropout masks.
     *
     * @param step from 1, above every step asked for before
     * @throws IllegalStateException if that step's key was given out already
     */
    public byte[] dropout(long step) {
        return lines.get(Purpose.DROPOUT).key(step);
    }

    private static Mac hmac(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is not available", e);
        }
    }
}
