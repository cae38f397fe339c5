package ai.coreason.enclave.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EnclaveTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void execute_withoutCommand_isUsageError() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("expected a command");
    }

    @Test
    void execute_help_listsCommandsAndExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("simulate").contains("no confidential hardware");
    }

    @Test
    void simulate_unknownOption_isUsageError() {
        assertThat(run("simulate", "--data", "d", "--job", "j", "--out", "o", "--speed", "9"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--speed");
    }

    @Test
    void simulate_folderWithoutDataPackage_namesTheFileAndLeavesNoOutput() {
        Path results = folder.resolve("results");

        assertThat(run("simulate", "--data", "" + folder, "--job", "" + folder, "--out", "" + results))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("datapackage.json: expected a file, got nothing");
        assertThat(Files.exists(results)).isFalse();
    }

    private int run(String... args) {
        CommandLine commandLine = Enclave.commandLine();
        commandLine.setErr(new PrintWriter(err, true));
        commandLine.setOut(new PrintWriter(out, true));
        return commandLine.execute(args);
    }
}
