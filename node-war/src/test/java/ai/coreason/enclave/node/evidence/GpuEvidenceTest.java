package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.node.site.GpuInterface;
import ai.coreason.enclave.sentry.contract.Evidence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GpuEvidenceTest {
    private static final String NONCE = "0f".repeat(32);
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    @Test
    void over_command_getsTheNonceAndItsOutputIsRead() throws Exception {
        Path tool =
                tool("printf '{\"report\":\"%s\",\"certificates\":\"%s\"}' \"$(printf %s \"$2\" | base64 -w0)\" UEVN");

        Evidence.Gpu gpu = GpuEvidence.by(new GpuInterface.Command(List.of(tool.toString(), "--nonce", "{nonce}")))
                .over(NONCE);

        assertThat(new String(gpu.report(), StandardCharsets.US_ASCII)).isEqualTo(NONCE);
        assertThat(gpu.certificates()).asString().isEqualTo("PEM");
    }

    @Test
    void over_wordsThatAShellWouldRead_areHandedOnAsTheyAre() throws Exception {
        Path tool = tool("printf '{\"report\":\"%s\",\"certificates\":\"UEVN\"}' \"$(printf %s \"$1\" | base64 -w0)\"");
        List<String> words = List.of(tool.toString(), "$(touch x); `id` {nonce}");

        assertThat(GpuEvidence.printed(words, NONCE, LONG).report()).asString().isEqualTo("$(touch x); `id` " + NONCE);
    }

    @Test
    void over_commandThatFails_isRefusedByNameWithoutItsOutput() throws Exception {
        Path tool = tool("echo secret; echo secret >&2; exit 7");

        refused(tool, LONG, "expected exit code 0, got 7");
    }

    @Test
    void over_commandThatHangs_isEndedAtTheLimit() throws Exception {
        Path pid = folder.resolve("pid");
        Path tool = tool("echo $$ > '" + pid + "'; exec cat '" + fifo() + "'");

        refused(tool, Duration.ofSeconds(2), "expected an end within 2000 ms, got none");
        long number = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(number).ifPresent(p -> assertThat(p.onExit()).succeedsWithin(LONG));
    }

    @Test
    void over_commandWhoseChildKeepsTheOutputOpen_isEndedAtTheLimit() throws Exception {
        Path tool = tool("cat '" + fifo() + "' & wait");

        refused(tool, Duration.ofSeconds(2), "expected an end within 2000 ms, got none");
    }

    @Test
    void over_commandThatPrintsWithoutEnd_isEndedAtTheLimitOfOutput() throws Exception {
        refused(tool("exec yes"), LONG, "expected at most 262144 bytes of output, got more");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                  | its output is not as expected",
                "no json                                             | its output is not as expected",
                "[]                                                  | its output is not as expected",
                "{\"report\":\"AA==\"}                               | certificates: expected",
                "{\"report\":\"\",\"certificates\":\"AA==\"}         | report: expected",
                "{\"report\":\"-_\",\"certificates\":\"AA==\"}       | report: expected",
                "{\"report\":\"AA==\",\"certificates\":\"AA==\",\"x\":1} | x: unknown member"
            })
    void over_outputThatIsNotAsExpected_isRefusedByMember(String output, String message) throws Exception {
        Files.writeString(folder.resolve("output"), output);

        refused(tool("cat '" + folder.resolve("output") + "'"), LONG, message);
    }

    @Test
    void over_noSuchProgram_isRefusedByName() {
        refused(folder.resolve("absent"), LONG, "expected a program that can be run");
    }

    @Test
    void over_folder_isReadAnewEachTime() throws Exception {
        GpuEvidence source = GpuEvidence.by(new GpuInterface.Folder(folder));
        Files.writeString(folder.resolve("cert_chain.pem"), "PEM");
        Files.writeString(folder.resolve("evidence.bin"), "first");
        assertThat(source.over(NONCE).report()).asString().isEqualTo("first");

        Files.writeString(folder.resolve("evidence.bin"), "second");

        assertThat(source.over(NONCE).report()).asString().isEqualTo("second");
        assertThat(source.over(NONCE).certificates()).asString().isEqualTo("PEM");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, (64 << 10) + 1})
    void over_fileOfWrongLength_isRefusedByFile(int length) throws Exception {
        Files.writeString(folder.resolve("cert_chain.pem"), "PEM");
        Path file = folder.resolve("evidence.bin");
        if (length >= 0) {
            Files.write(file, new byte[length]);
        }

        GpuEvidence source = GpuEvidence.by(new GpuInterface.Folder(folder));
        assertThatThrownBy(() -> source.over(NONCE))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected "
                        + (length < 0
                                ? "a file, got none"
                                : "1 to 65536 bytes, got " + (length == 0 ? "none" : "more")));
    }

    private void refused(Path tool, Duration limit, String message) {
        List<String> words = List.of(tool.toString(), "{nonce}");
        assertThatThrownBy(() -> GpuEvidence.printed(words, NONCE, limit))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(tool + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    private Path tool(String script) throws IOException {
        Path tool = Files.writeString(folder.resolve("tool"), "#!/bin/sh\n" + script + "\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        return tool;
    }

    /** A pipe that nobody writes. */
    private Path fifo() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        return fifo;
    }
}
