package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private static final URI READINESS = URI.create("http://127.0.0.1:9080/health/ready");

    @TempDir
    private Path folder;

    @Test
    void read_emptyFolder_isEmpty() throws IOException {
        assertThat(PidFile.read(folder)).isEmpty();
    }

    @Test
    void read_written_findsTheRunningProcess() throws IOException {
        PidFile pid = PidFile.of("node", ProcessHandle.current(), READINESS);
        pid.write(folder);

        assertThat(PidFile.read(folder)).contains(pid);
        assertThat(PidFile.read(folder).flatMap(PidFile::process)).contains(ProcessHandle.current());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("server.pid"))))
                .isEqualTo("rw-------");
    }

    @Test
    void process_samePidStartedAtAnotherTime_isNotTheServer() {
        PidFile now = PidFile.of("node", ProcessHandle.current(), READINESS);
        PidFile reused = new PidFile("node", now.pid(), now.started().minus(Duration.ofMinutes(1)), READINESS);

        assertThat(now.process()).isPresent();
        assertThat(reused.process()).isEmpty();
    }

    @Test
    void process_ended_isEmpty() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        PidFile pid = PidFile.of("node", child.toHandle(), READINESS);
        child.destroy();
        child.waitFor();

        assertThat(pid.process()).isEmpty();
    }

    @Test
    void read_otherKind_namesTheField() throws IOException {
        Files.writeString(folder.resolve("server.pid"), "{\"kind\":\"database\",\"pid\":1}");

        assertThatThrownBy(() -> PidFile.read(folder))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("kind: expected overseer or node, got \"database\"");
    }
}
