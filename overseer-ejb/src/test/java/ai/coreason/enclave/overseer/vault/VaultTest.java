package ai.coreason.enclave.overseer.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {
    @TempDir
    private Path folder;

    private Vault vault;

    @BeforeEach
    void open() {
        vault = new Vault(folder);
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    @Test
    void store_thenRead_givesTheSameBytes() {
        Vault.Entry entry = vault.store(new byte[] {1, 2, 3});
        assertThat(entry.bytes()).isEqualTo(3);
        assertThat(entry.digest()).isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
        assertThat(vault.read(entry.digest())).containsExactly(1, 2, 3);
    }

    @Test
    void receive_tooLong_leavesNothing() throws IOException {
        assertThatThrownBy(() -> vault.receive(new ByteArrayInputStream(new byte[11]), 10))
                .isInstanceOf(Vault.TooLarge.class);
        assertThat(files()).isZero();
    }

    @Test
    void receive_brokenStream_leavesNothing() throws IOException {
        InputStream broken = new InputStream() {
            private int left = 5;

            @Override
            public int read() throws IOException {
                if (left == 0) {
                    throw new IOException("connection reset");
                }
                left--;
                return 7;
            }
        };
        assertThatThrownBy(() -> vault.receive(broken, 100)).hasMessage("connection reset");
        assertThat(files()).isZero();
    }

    @Test
    void close_notKept_leavesTheEntryOfTheSameBytes() throws IOException {
        String digest = vault.store(new byte[] {1, 2, 3}).digest();

        try (Vault.Arrival again = vault.receive(new ByteArrayInputStream(new byte[] {1, 2, 3}), 10)) {
            assertThat(again.entry().digest()).isEqualTo(digest);
            assertThat(again.read()).containsExactly(1, 2, 3);
        }

        assertThat(vault.read(digest)).containsExactly(1, 2, 3);
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void read_changedOnDisk_isRefused() throws IOException {
        String digest = vault.store(new byte[] {1, 2, 3}).digest();
        Files.write(folder.resolve(digest), new byte[] {1, 2, 4});
        assertThatThrownBy(() -> vault.read(digest)).hasMessageContaining("was changed on disk");
    }

    @Test
    void has_pathInsteadOfDigest_isFalse() {
        assertThat(vault.has("../../etc/passwd")).isFalse();
        assertThatThrownBy(() -> vault.read("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
    }
}
