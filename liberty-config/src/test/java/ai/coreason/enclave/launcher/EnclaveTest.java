package ai.coreason.enclave.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EnclaveTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void execute_groupWithoutCommand_isUsageErrorThatNamesEveryCommand() {
        assertNamesCommands(List.of(), Enclave.commandLine());
    }

    private void assertNamesCommands(List<String> path, CommandLine group) {
        err.getBuffer().setLength(0);

        assertThat(run(path.toArray(String[]::new))).as(path.toString()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("expected a command (")
                .contains(group.getSubcommands().keySet());
        group.getSubcommands().forEach((name, command) -> {
            if (!command.getSubcommands().isEmpty()) {
                assertNamesCommands(
                        Stream.concat(path.stream(), Stream.of(name)).toList(), command);
            }
        });
    }

    @Test
    void execute_help_listsCommandsAndExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("simulate").contains("no confidential hardware");
    }

    @Test
    void execute_helpOfEveryCommand_isOfWholeSentencesAndNamesEveryValue() {
        assertHelpIsWhole(Enclave.commandLine());
    }

    private static void assertHelpIsWhole(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        String[] description = command.getCommandSpec().usageMessage().description();
        assertThat(description).as(name).isNotEmpty();
        assertThat(description[0]).as(name).endsWith(".");
        command.getCommandSpec().options().forEach(o -> {
            assertThat(o.description()).as(name + " " + o.longestName()).isNotEmpty();
            if (o.arity().max() > 0) {
                assertThat(o.paramLabel()).as(name + " " + o.longestName()).doesNotContain("<");
            }
        });
        command.getSubcommands().values().forEach(EnclaveTest::assertHelpIsWhole);
    }

    @Test
    void attestVerify_help_listsTheKinds() {
        assertThat(run("attest", "verify", "--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("one of snp, ")
                .doesNotContain("COMPLETION");
    }

    @Test
    void execute_misspeltCommand_suggestsTheOneThatIsNearest() {
        assertThat(run("simulat")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("Did you mean: ")
                .contains("simulate?")
                .contains("privacy or attest), got simulat")
                .doesNotContain("attest?");
    }

    @Test
    void simulate_wrongType_isToldAsAnyWrongValueIs() {
        assertThat(run("simulate", "--nodes", "two")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--nodes: expected a whole number, at most 2147483647, got two");
    }

    @Test
    void simulate_wrongOptions_areAllToldBeforeAnythingIsMade() {
        Path results = folder.resolve("results");

        assertThat(run("simulate", "--nodes", "0", "--out", "" + results, "--data", "" + folder.resolve("none")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("nothing was started: 3 things are wrong")
                .contains("--nodes: expected 1 or more, got 0")
                .contains("--data: expected a folder, got nothing at ")
                .contains("--data and --job: expected both or neither, got only --data");
        assertThat(results).doesNotExist();
    }

    @Test
    void simulate_moreNodesThanSyntheticHospitals_isRefusedBeforeTheyAreMade() {
        Path results = folder.resolve("results");

        assertThat(run("simulate", "--nodes", "5", "--out", "" + results)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--nodes: expected 1 to the 4 synthetic hospitals, got 5");
        assertThat(results).doesNotExist();
    }

    @Test
    void simulate_emptyOut_isRefused() {
        assertThat(run("simulate", "--out", "")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--out: expected a folder, got an empty name");
    }

    @Test
    void simulate_holdoutThatCannotBeMeasured_isRefusedBeforeAnythingStarts() throws IOException {
        SyntheticHospitals.write(folder, 1);
        Path holdout = Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");

        assertThat(run(
                        "simulate",
                        "--data",
                        "" + folder,
                        "--job",
                        "" + folder.resolve("job.json"),
                        "--out",
                        "" + folder.resolve("out"),
                        "--holdout",
                        "" + holdout))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains(
                        "--holdout: " + holdout + ": other.csv: column age: expected a column of this name, got none");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void simulate_unknownOption_isUsageError() {
        assertThat(run("simulate", "--data", "d", "--job", "j", "--out", "o", "--speed", "9"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--speed: unknown option")
                .contains("Try: enclave simulate --help")
                .doesNotContain("Usage:");
    }

    @Test
    void simulate_folderWithoutDataPackage_namesTheFileAndLeavesNoOutput() {
        Path results = folder.resolve("results");

        assertThat(run("simulate", "--data", "" + folder, "--job", "" + folder, "--out", "" + results))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("datapackage.json: expected a file, got nothing");
        assertThat(Files.exists(results)).isFalse();
    }

    @Test
    void simulate_brokenJob_namesFileAndField() throws IOException {
        SyntheticHospitals.write(folder, 1);
        Path job = folder.resolve("job.json");
        ObjectNode broken = (ObjectNode) Json.read(Files.readAllBytes(job));
        Files.write(job, Json.write(broken.put("rounds", 0)));

        assertThat(run("simulate", "--data", "" + folder, "--job", "" + job)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(job + ": rounds: expected a whole number in [1, 100000], got 0");
    }

    @Test
    void simulate_outIsAFile_isRefusedBeforeAnythingStarts() throws IOException {
        Path file = Files.createFile(folder.resolve("results"));

        assertThat(run("simulate", "--out", "" + file)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--out: expected a folder, got a file at " + file);
    }

    @Test
    void simulate_holdoutMissing_isRefusedBeforeAnythingStarts() {
        Path results = folder.resolve("results");

        assertThat(run("simulate", "--out", "" + results, "--holdout", "" + folder.resolve("none.csv")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--holdout: expected public records, got nothing at ");
        assertThat(results).doesNotExist();
    }

    private int run(String... args) {
        CommandLine commandLine = Enclave.commandLine();
        commandLine.setErr(new PrintWriter(err, true));
        commandLine.setOut(new PrintWriter(out, true));
        return commandLine.execute(args);
    }
}
