package ai.coreason.enclave.overseer.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingKeysTest {
    private static final String JOB = "6f1d2a34-0000-4000-8000-000000000001";
    private static final String OTHER = "6f1d2a34-0000-4000-8000-000000000002";
    private static final String SECRET = "a secret that nobody else would guess";

    @TempDir
    private Path folder;

    private SealingKeys keys(String secret) {
        return new SealingKeys(new Storage(folder.toString()), StartSecret.of(secret));
    }

    @Test
    void create_twice_isTheSamePairAndAnotherForAnotherJob() {
        byte[] first = keys(SECRET).create(JOB).publicKey();

        assertThat(keys(SECRET).create(JOB).publicKey()).isEqualTo(first);
        assertThat(keys(SECRET).pair(JOB).publicKey()).isEqualTo(first);
        assertThat(keys(SECRET).create(OTHER).publicKey()).isNotEqualTo(first);
    }

    @Test
    void create_twoAtOnce_isTheSamePairForBothAndOnDisk() throws Exception {
        SealingKeys keys = keys(SECRET);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 50; i++) {
                String job = UUID.randomUUID().toString();
                CyclicBarrier together = new CyclicBarrier(2);
                Callable<byte[]> make = () -> {
                    together.await();
                    return keys.create(job).publicKey();
                };
                List<Future<byte[]>> made = List.of(threads.submit(make), threads.submit(make));

                assertThat(made.get(0).get())
                        .isEqualTo(made.get(1).get())
                        .isEqualTo(keys.pair(job).publicKey());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void pair_otherSecret_isRefused() {
        keys(SECRET).create(JOB);

        assertThatThrownBy(() -> keys(SECRET + "!").pair(JOB))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("job " + JOB + ": its sealing key was sealed under another secret, or changed on disk");
    }

    @Test
    void pair_fileOfAnotherJob_isRefused() throws IOException {
        keys(SECRET).create(JOB);
        Files.copy(folder.resolve("keys").resolve(JOB), folder.resolve("keys").resolve(OTHER));

        assertThatThrownBy(() -> keys(SECRET).pair(OTHER)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void pair_anyByteChanged_isRefused() throws IOException {
        keys(SECRET).create(JOB);
        Path file = folder.resolve("keys").resolve(JOB);
        byte[] sealed = Files.readAllBytes(file);
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            Files.write(file, changed);
            assertThatThrownBy(() -> keys(SECRET).pair(JOB)).as("byte " + i).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void destroy_key_isGoneForGood() {
        SealingKeys keys = keys(SECRET);
        keys.create(JOB);

        keys.destroy(JOB);

        assertThat(keys.jobs()).isEmpty();
        assertThatThrownBy(() -> keys.pair(JOB)).isInstanceOf(SealingKeys.Destroyed.class);
    }

    @Test
    void create_file_isItsOwnersAlone() throws IOException {
        keys(SECRET).create(JOB);

        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("keys").resolve(JOB))))
                .isEqualTo("rw-------");
    }

    @Test
    void pair_jobOfAVersionBefore_isDerivedUntilThatSecretGoes() throws IOException {
        Files.write(folder.resolve("hpke.key"), new byte[32]);
        SealingKeys keys = keys(SECRET);

        assertThat(keys.pair(JOB).publicKey()).hasSize(32);
        keys.destroyInherited();

        assertThat(folder.resolve("hpke.key")).doesNotExist();
        assertThatThrownBy(() -> keys.pair(JOB)).isInstanceOf(SealingKeys.Destroyed.class);
    }

    @Test
    void of_shortSecret_isRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> StartSecret.of("hunter2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("key secret: expected at least 32 characters, got 7");
        assertThat(StartSecret.of(SECRET)).hasToString("StartSecret[REDACTED]");
    }
}
