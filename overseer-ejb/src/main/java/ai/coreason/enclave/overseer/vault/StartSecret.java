package ai.coreason.enclave.overseer.vault;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.config.Config;

/**
 * The secret that this Overseer was started with. What it keeps on disk is sealed under keys that derive from it (HKDF with
 * HMAC-SHA256, RFC 5869), so that the disk alone opens nothing. It comes from the environment ({@code ENCLAVE_KEY_SECRET}) or from the
 * file that {@code enclave.key.secret.file} names; a simulation makes one itself, beside what it protects. Several Overseers over one
 * storage are started with the same. Thread-safe.
 */
@ApplicationScoped
public class StartSecret {
    /** The fewest characters of a secret: 32 random ones hold more than 128 bits in any encoding that people use. */
    public static final int LEAST = 32;

    private static final int KEY_BYTES = 32;
    private static final String HMAC = "HmacSHA256";
    private static final String OWN = "key.secret";

    private byte[] extracted;

    /** For the container's proxies. */
    protected StartSecret() {}

    /**
     * Reads the secret.
     *
     * @throws IllegalArgumentException if there is none outside of a simulation, or it is too short; the secret is not shown
     */
    @Inject
    public StartSecret(Config config, Storage storage) {
        boolean simulation =
                config.getOptionalValue("enclave.mode", String.class).orElse("").equals("simulation");
        Optional<String> given = config.getOptionalValue("enclave.key.secret", String.class)
                .or(() -> config.getOptionalValue("enclave.key.secret.file", String.class)
                        .map(file -> read(Path.of(file))));
        this.extracted = extract(given.orElseGet(() -> {
            if (!simulation) {
                throw new IllegalArgumentException(
                        "key secret: expected ENCLAVE_KEY_SECRET in the environment or --key-secret-file, got neither");
            }
            return ownSecret(storage.path(OWN));
        }));
    }

    private StartSecret(byte[] extracted) {
        this.extracted = extracted;
    }

    /**
     * A given secret.
     *
     * @throws IllegalArgumentException if it is too short
     */
    public static StartSecret of(String secret) {
        return new StartSecret(extract(secret));
    }

    /** 32 bytes for one purpose. */
    public byte[] derive(String purpose) {
        return hmac(extracted, (purpose + "\u0001").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "StartSecret[REDACTED]";
    }

    private static byte[] extract(String secret) {
        if (secret.length() < LEAST) {
            throw new IllegalArgumentException(
                    "key secret: expected at least " + LEAST + " characters, got " + secret.length());
        }
        return hmac(
                "coreason/start-secret/v1".getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("key secret: expected a file that can be read at " + file, e);
        }
    }

    private static String ownSecret(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            return read(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "key secret: expected a folder that can be written at " + file.getParent(), e);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] fresh = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(fresh);
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(
                file.getParent(),
                ".secret",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, Base64.getEncoder().encodeToString(fresh), StandardOpenOption.SYNC);
        try {
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            // another Overseer over the same storage was first; its secret is the one
        } finally {
            Files.delete(temporary);
        }
    }
}
