package ai.coreason.enclave.overseer.vault;

import ai.coreason.enclave.sentry.seal.Hpke;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key pairs that updates are sealed to, one a job. All derive from one secret of 32 bytes in {@code hpke.key}, so that
 * several Overseers over the same storage open the same updates and no key lies in the database.
 */
@ApplicationScoped
public class SealingKeys {
    private static final int SECRET_BYTES = 32;

    private byte[] secret;

    /** For the container's proxies. */
    protected SealingKeys() {}

    /** Reads the secret, or makes it at the first start. */
    @Inject
    public SealingKeys(Storage storage) {
        this.secret = readOrMake(storage.path("hpke.key"));
    }

    /** The key pair that opens a job's updates. */
    public Hpke.KeyPair pair(String jobId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Hpke.keyPairFrom(mac.doFinal(("coreason/job-key/v1/" + jobId).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] readOrMake(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length != SECRET_BYTES) {
                throw new IllegalStateException("hpke.key: expected " + SECRET_BYTES + " bytes, got " + bytes.length);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] fresh = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(fresh);
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(
                file.getParent(),
                ".hpke",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(temporary, fresh, StandardOpenOption.SYNC);
        try {
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            // another Overseer over the same storage was first; its secret is the one
        } finally {
            Files.delete(temporary);
        }
    }
}
