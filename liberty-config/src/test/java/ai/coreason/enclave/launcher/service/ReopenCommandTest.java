package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.Enclave;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.NodeDataset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReopenCommandTest {
    private static final DatasetStanding.Closure CLOSED =
            new DatasetStanding.Closure(Instant.parse("2026-01-02T03:04:05Z"), "3 records break MAXIMUM of age");

    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    private Path write(DatasetStanding standing) throws IOException {
        Path file = DatasetStanding.file(folder.resolve("state"), standing.datasetId());
        Files.createDirectories(file.getParent());
        return Files.write(file, Json.write(standing.json()));
    }

    private int run(String... args) {
        CommandLine command = Enclave.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(out, true));
        return command.execute(args);
    }

    @Test
    void reopen_closedDataset_opensItAndKeepsItsNotes() throws IOException {
        Path file = write(new DatasetStanding("heart", Optional.of(CLOSED), List.of("0 records")));

        assertThat(run("node", "status", "--state", "" + folder)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("dataset heart: closed since 2026-01-02T03:04:05Z: 3 records break MAXIMUM of age; mend it");
        assertThat(run("node", "reopen", "--state", "" + folder, "--dataset", "heart"))
                .isEqualTo(ExitCode.OK);

        assertThat(DatasetStanding.parse(Json.read(Files.readAllBytes(file))))
                .isEqualTo(new DatasetStanding("heart", Optional.empty(), List.of("0 records")));
        out.getBuffer().setLength(0);
        run("node", "status", "--state", "" + folder);
        assertThat(out.toString()).contains("dataset heart: 0 records").doesNotContain("closed");
    }

    @Test
    void reopen_fileThatCannotBeUnderstood_isClosedUntilReopened() throws IOException {
        Path file = write(DatasetStanding.open("heart"));
        Files.writeString(file, "{");

        run("node", "status", "--state", "" + folder);
        assertThat(out.toString())
                .contains("dataset heart: closed since ")
                .contains("its file of standing cannot be read");
        assertThat(run("node", "reopen", "--state", "" + folder, "--dataset", "heart"))
                .isEqualTo(ExitCode.OK);
        assertThat(DatasetStanding.parse(Json.read(Files.readAllBytes(file))).closed())
                .isEmpty();
    }

    @Test
    void reopen_copyOfOthers_isDistinctFromThemFromNowOn() throws IOException {
        NodeDataset lung = new NodeDataset("node_b", "lung");
        Path file = write(DatasetStanding.open("heart")
                .close(new DatasetStanding.Closure(CLOSED.since(), "about 40 of the records", List.of(lung))));

        assertThat(run("node", "reopen", "--state", "" + folder, "--dataset", "heart"))
                .isEqualTo(ExitCode.OK);

        assertThat(out.toString()).contains("heart: not compared any more with dataset lung of node node_b");
        DatasetStanding now = DatasetStanding.parse(Json.read(Files.readAllBytes(file)));
        assertThat(now.closed()).isEmpty();
        assertThat(now.distinctFrom()).containsExactly(lung);
    }

    @Test
    void reopen_openDataset_changesNothing() throws IOException {
        Path file = write(DatasetStanding.open("heart"));
        byte[] before = Files.readAllBytes(file);

        assertThat(run("node", "reopen", "--state", "" + folder, "--dataset", "heart"))
                .isEqualTo(ExitCode.OK);

        assertThat(out.toString()).contains("heart: not closed; nothing was changed");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void reopen_mistypedDataset_failsAndNamesThoseThatAreClosed() throws IOException {
        write(new DatasetStanding("heart", Optional.of(CLOSED), List.of()));

        assertThat(run("node", "reopen", "--state", "" + folder, "--dataset", "hart"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(out.toString())
                .contains("--dataset: expected a closed dataset, one of heart; got hart; nothing was changed");
    }

    @Test
    void reopen_noClosedDataset_failsAndLeavesTheFolderAlone() {
        assertThat(run("node", "reopen", "--state", "" + folder, "--dataset", "heart"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(out.toString()).contains("expected a closed dataset; none is closed; got heart");
        assertThat(folder).isEmptyDirectory();
    }
}
