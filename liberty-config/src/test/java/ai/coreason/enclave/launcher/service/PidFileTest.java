package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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

    private static void await(Path file, String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.readString(file).contains(text)) {
            assertThat(System.nanoTime()).as("waiting for " + text).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** As a server that was just killed, whose parent, or a container's first process, never asks how it ended. */
    @Test
    void process_endedAndNeverAskedFor_isEmpty() throws Exception {
        String child = "exec 3<&0; cat <&3 > /dev/null & echo $!; exec sleep 600";
        Process parent = new ProcessBuilder("sh", "-c", child).start();
        try (BufferedReader said = parent.inputReader()) {
            long pid = Long.parseLong(said.readLine());
            Path stat = Path.of("/proc", String.valueOf(pid), "stat");
            await(Path.of("/proc", String.valueOf(parent.pid()), "comm"), "sleep"); // which asks for no child
            PidFile file = PidFile.of("node", ProcessHandle.of(pid).orElseThrow(), URI.create("http://127.0.0.1/"));
            assertThat(file.process()).isPresent();

            parent.getOutputStream().close();

            await(stat, ") Z ");
            assertThat(file.process()).isEmpty();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void read_otherKind_namesTheField() throws IOException {
        Files.writeString(folder.resolve("server.pid"), "{\"kind\":\"database\",\"pid\":1}");

        assertThatThrownBy(() -> PidFile.read(folder))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("kind: expected overseer or node, got \"database\"");
    }
}
