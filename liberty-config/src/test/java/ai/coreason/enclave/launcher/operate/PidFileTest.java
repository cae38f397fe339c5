package ai.coreason.enclave.launcher.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidFileTest {
    @TempDir
    Path folder;

    @Test
    void running_noFile_isNobody() throws Exception {
        assertThat(file().running()).isEmpty();
    }

    @Test
    void running_thisProcess_isFound() throws Exception {
        file().write(ProcessHandle.current());

        assertThat(file().running()).contains(ProcessHandle.current());
    }

    @Test
    void running_anotherProcessUnderTheSameId_isNobody() throws Exception {
        Files.write(
                file().file(),
                Json.write(Json.object()
                        .put("pid", ProcessHandle.current().pid())
                        .put("started_at", "2001-01-01T00:00:00Z")));

        assertThat(file().running()).isEmpty();
    }

    @Test
    void running_endedProcess_isNobody() throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", "read line").start();
        file().write(process.toHandle());
        assertThat(file().running()).contains(process.toHandle());

        process.destroyForcibly().waitFor();

        assertThat(file().running()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4711",
                "{\"pid\": 0, \"started_at\": \"2026-01-01T00:00:00Z\"}",
                "{\"pid\": 1, \"started_at\": \"now\"}"
            })
    void running_anotherFile_isRefused(String text) throws Exception {
        Files.writeString(file().file(), text);

        assertThatThrownBy(() -> file().running()).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void delete_twice_isTheSame() throws Exception {
        file().write(ProcessHandle.current());

        file().delete();
        file().delete();

        assertThat(file().running()).isEmpty();
    }

    private PidFile file() {
        return new PidFile(folder.resolve("server.pid"));
    }
}
