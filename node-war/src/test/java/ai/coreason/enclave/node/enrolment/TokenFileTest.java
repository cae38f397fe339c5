package ai.coreason.enclave.node.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
    @TempDir
    Path folder;

    @Test
    void replace_thenRead_areTheNewTokensForTheirOwnerAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "old\n");
        TokenFile tokens = new TokenFile(file);
        assertThat(tokens.read()).containsExactly("old");

        tokens.replace(List.of("new", "newer"));

        assertThat(tokens.read()).containsExactly("new", "newer");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void read_emptyFile_isRefusedByName() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), " \n");

        assertThatThrownBy(() -> new TokenFile(file).read())
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected an enrolment token, got an empty file");
    }
}
