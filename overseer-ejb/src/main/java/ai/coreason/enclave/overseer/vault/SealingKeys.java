package ai.coreason.enclave.overseer.vault;

import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.sentry.seal.Hpke;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key pairs that updates are sealed to. Each is born with its job and destroyed after it, so that whoever has the disk later
 * opens no update of the past. A key lies in {@code keys/<job>}, sealed under the {@link StartSecret}: 12 bytes of nonce, then
 * AES-256-GCM over the 32 bytes that the pair derives from, bound to the job's id. Thread-safe; several Overseers may share the
 * folder.
 *
 * <p>Jobs of a version before this one have keys that derive from {@code hpke.key}; that file goes with the last of them.
 */
@ApplicationScoped
public class SealingKeys {
    private static final int SECRET_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Path folder;
    private Path inherited;
    private byte[] key;

    /** For the container's proxies. */
    protected SealingKeys() {}

    /** The keys in the Overseer's storage. */
    @Inject
    public SealingKeys(Storage storage, StartSecret secret) {
        this.folder = storage.path("keys");
        this.inherited = storage.path("hpke.key");
        this.key = secret.derive("coreason/job-keys/v2");
    }

    /** A job's key is gone for good, or opens under this secret no more: nothing that was sealed to it can be opened. */
    public static class Lost extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Lost(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** There is no key for this job: it has ended, and its updates are gone. */
    public static final class Destroyed extends Lost {
        private static final long serialVersionUID = 1L;

        Destroyed(String jobId) {
            super("job " + jobId + ": its sealing key is destroyed", null);
        }
    }

    /** Makes a job's key pair, or finds the one that was made; who does so at the same time gets the same. */
    public Hpke.KeyPair create(String jobId) {
        try {
            if (!Files.exists(file(jobId))) {
                byte[] ikm = new byte[SECRET_BYTES];
                RANDOM.nextBytes(ikm);
                PrivateFile.create(file(jobId), seal(jobId, ikm));
            }
            return pair(jobId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Why a job's key is lost; empty if it opens, or if nobody can tell now as the folder of keys cannot be read.
     */
    public Optional<String> lost(String jobId) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try {
            pair(jobId);
            return Optional.empty();
        } catch (Lost e) {
            return Optional.of(e.getMessage());
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /**
     * The key pair that opens a job's updates.
     *
     * @throws Destroyed if it is destroyed
     * @throws Lost if it was sealed under another secret, or changed on disk
     */
    public Hpke.KeyPair pair(String jobId) {
        try {
            return Hpke.keyPairFrom(open(jobId, Files.readAllBytes(file(jobId))));
        } catch (NoSuchFileException e) {
            return inherited(jobId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jobs that have a key of their own. */
    public Set<String> jobs() {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Destroys a job's key: the sealed bytes are overwritten before the file goes. */
    public void destroy(String jobId) {
        wipe(file(jobId));
    }

    /** Destroys the secret of a version before this one, once no job under way needs it. */
    public void destroyInherited() {
        wipe(inherited);
    }

    private static void wipe(Path file) {
        try {
            if (Files.exists(file)) {
                Files.write(file, new byte[(int) Files.size(file)], java.nio.file.StandardOpenOption.SYNC);
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Hpke.KeyPair inherited(String jobId) {
        try {
            byte[] secret = Files.readAllBytes(inherited);
            if (secret.length == 0) {
                throw new Destroyed(jobId);
            }
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Hpke.keyPairFrom(mac.doFinal(("coreason/job-key/v1/" + jobId).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            throw new Destroyed(jobId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] seal(String jobId, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, jobId).doFinal(plain);
            byte[] out = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, out, NONCE_BYTES, sealed.length);
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] open(String jobId, byte[] bytes) {
        try {
            byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, nonce, jobId)
                    .doFinal(bytes, NONCE_BYTES, Math.max(0, bytes.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Lost("job " + jobId + ": its sealing key was sealed under another secret, or changed on disk", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String jobId) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(jobId.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private Path file(String jobId) {
        return folder.resolve(UUID.fromString(jobId).toString());
    }
}
