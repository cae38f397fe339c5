package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutFolderTest {
    @TempDir
    private Path folder;

    @Test
    void problem_folderThatCanBeMade_isNone() {
        assertThat(new OutFolder(folder.resolve("a/b")).problem()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void problem_belowAFile_namesTheFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(new OutFolder(file.resolve("out")).problem())
                .hasValueSatisfying(
                        p -> assertThat(p).contains("can be written to").contains("below " + file));
    }

    @Test
    void leftovers_newFolder_areNone() throws IOException {
        assertThat(new OutFolder(folder.resolve("new")).leftovers()).isEmpty();
    }

    @Test
    void leftovers_earlierRuns_areToldByWhatTheyHold() throws IOException {
        OutFolder out = new OutFolder(folder);
        out.write(new byte[0], Json.object(), Json.object(), Json.object());
        Files.createDirectories(out.newRun().resolve("overseer/state"));
        out.newRun();
        out.newRun();

        assertThat(out.leftovers())
                .satisfiesExactly(
                        results -> assertThat(results).contains("will be replaced"),
                        killed -> assertThat(killed)
                                .startsWith("keys and tokens of runs")
                                .contains("run-* (1)"),
                        logs -> assertThat(logs)
                                .startsWith("logs of earlier runs")
                                .contains("run-* (2)"));
    }

    @Test
    void keepLogsOnly_run_losesKeysAndState() throws IOException {
        Path run = new OutFolder(folder).newRun();
        Path log = Files.createDirectories(run.resolve("overseer/logs")).resolve("messages.log");
        Files.createFile(log);
        Files.createFile(Files.createDirectories(run.resolve("overseer/state")).resolve("key"));

        OutFolder.keepLogsOnly(run);

        assertThat(log).exists();
        assertThat(run.resolve("overseer/state")).doesNotExist();
    }
}
