package ai.coreason.enclave.overseer.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
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
    void copy_part_givesThoseBytes() throws IOException {
        String digest = vault.store(new byte[] {1, 2, 3, 4}).digest();

        assertThat(copied(digest, 0, 4)).containsExactly(1, 2, 3, 4);
        assertThat(copied(digest, 1, 2)).containsExactly(2, 3);
        assertThatThrownBy(() -> copied(digest, 3, 2)).isInstanceOf(EOFException.class);
    }

    @Test
    void copy_entryLargerThanAnArray_givesAPartOfIt() throws IOException {
        String digest = "0".repeat(64);
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve(digest).toFile(), "rw")) {
            sparse.setLength(1L << 32);
            sparse.seek((1L << 32) - 1);
            sparse.write(7);
        }

        assertThat(copied(digest, (1L << 32) - 2, 2)).containsExactly(0, 7);
    }

    @Test
    void check_entry_givesItsSizeUnlessItWasChangedOrIsMissing() throws IOException {
        String digest = vault.store(new byte[100_000]).digest();
        assertThat(vault.check(digest)).isEqualTo(100_000);

        Files.write(folder.resolve(digest), new byte[] {1});
        assertThatThrownBy(() -> vault.check(digest)).hasMessageContaining("changed");
        vault.delete(digest);
        assertThatThrownBy(() -> vault.check(digest)).hasMessageContaining("missing");
    }

    private byte[] copied(String digest, long from, long count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        vault.copy(digest, from, count, out);
        return out.toByteArray();
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
            assertThat(again.<byte[]>read((in, length) -> in.readAllBytes())).containsExactly(1, 2, 3);
        }

        assertThat(vault.read(digest)).containsExactly(1, 2, 3);
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void read_changedOnDisk_isRefused() throws IOException {
        String digest = vault.store(new byte[] {1, 2, 3}).digest();
        Files.write(folder.resolve(digest), new byte[] {1, 2, 4});
        assertThatThrownBy(() -> vault.read(digest)).hasMessageContaining("was changed on disk");
        assertThatThrownBy(() -> vault.read(digest, (in, length) -> in.read()))
                .hasMessageContaining("was changed on disk");
    }

    @Test
    void read_byAReadingThatStopsEarly_givesWhatItReadOfAWholeEntry() {
        String digest = vault.store(new byte[] {1, 2, 3}).digest();

        assertThat(vault.<String>read(digest, (in, length) -> in.read() + " of " + length))
                .isEqualTo("1 of 3");
    }

    @Test
    void has_pathInsteadOfDigest_isFalse() {
        assertThat(vault.has("../../etc/passwd")).isFalse();
        assertThatThrownBy(() -> vault.read("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
    }
}
