package ai.coreason.enclave.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When {@code bin/enclave} builds: in a made-up checkout, with a Maven and a Java that only note that they ran. */
class EnclaveScriptTest {
    private static final Instant BUILT = Instant.parse("2026-01-01T12:00:00Z");
    private static final String MAVEN = """
            #!/bin/sh
            echo built >>%1$s/builds
            [ ! -p %1$s/gate ] || read -r line <%1$s/gate
            [ ! -f %1$s/warn ] || printf '\\033[1mwarned\\033[0m\\n\\033[0m'
            touch %1$s/liberty-config/target/build.stamp
            """;
    private static final String JAVA = """
            #!/bin/sh
            case $1 in -XshowSettings*) echo '    java.specification.version = 17' >&2 ;; *) echo launched ;; esac
            """;

    @TempDir
    private Path home;

    private Path source;
    private Path stamp;

    @BeforeEach
    void checkout() throws IOException {
        Path target = home.resolve("liberty-config/target");
        for (String part : new String[] {
            "dist/apps/overseer.ear",
            "dist/apps/node.war",
            "dist/libtorch/libdjl_torch.so",
            "dist/lib/liberty-config-1.jar",
            "liberty/wlp/bin/tools/ws-server.jar"
        }) {
            put(target.resolve(part), "");
        }
        source = put(home.resolve("sentry-ejb/src/main/java/A.java"), "");
        put(home.resolve("sentry-ejb/pom.xml"), "");
        put(home.resolve("pom.xml"), "");
        stamp = put(target.resolve("build.stamp"), "");
        executable(put(home.resolve("bin/mvn"), MAVEN.formatted(home)));
        executable(put(home.resolve("jdk/bin/java"), JAVA));
        Path script = home.resolve("liberty-config/bin/enclave");
        Files.createDirectories(script.getParent());
        Files.copy(Path.of("bin/enclave"), script);
        executable(script);
    }

    @Test
    void enclave_nothingNewer_buildsNothing() throws Exception {
        assertThat(output(start())).isEqualTo("launched\n");
        assertThat(builds()).isZero();
    }

    @Test
    void enclave_sourceNewer_buildsOnceForTwoCommands() throws Exception {
        Files.setLastModifiedTime(source, FileTime.from(BUILT.plusSeconds(1)));
        assertThat(output(start())).contains("building").endsWith("launched\n");
        assertThat(output(start())).isEqualTo("launched\n");
        assertThat(builds()).isOne();
    }

    @Test
    void enclave_sourceDeleted_builds() throws Exception {
        Files.delete(source);
        assertThat(output(start())).contains("building");
    }

    @Test
    void enclave_pomNewer_builds() throws Exception {
        Files.setLastModifiedTime(home.resolve("sentry-ejb/pom.xml"), FileTime.from(BUILT.plusSeconds(1)));
        assertThat(output(start())).contains("building");
    }

    @Test
    void enclave_sourceChangedDuringTheBuild_buildsAgain() throws Exception {
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(3600)));
        output(start());
        assertThat(output(start())).contains("building");
    }

    @Test
    void enclave_secondCommandDuringABuild_waitsAndBuildsNothing() throws Exception {
        Files.delete(stamp);
        assertThat(new ProcessBuilder("mkfifo", home.resolve("gate").toString())
                        .start()
                        .waitFor())
                .isZero();
        Process first = start();
        BufferedReader building = first.inputReader();
        assertThat(building.readLine()).contains("building");
        Process second = start();
        assertThat(second.inputReader().readLine()).contains("waiting for another command's build");
        Files.writeString(home.resolve("gate"), "go\n");
        assertThat(building.readLine()).isEqualTo("launched");
        assertThat(second.inputReader().readLine()).isEqualTo("launched");
        assertThat(builds()).isOne();
    }

    @Test
    void enclave_buildThatColoursItsOutput_isShownWithoutTerminalCodes() throws Exception {
        put(home.resolve("warn"), "");
        Files.delete(stamp);

        assertThat(output(start())).endsWith("\nwarned\nlaunched\n").doesNotContain("\u001b");
    }

    @Test
    void enclave_copyWithoutSources_buildsNothing() throws Exception {
        Files.delete(home.resolve("pom.xml"));
        Files.delete(stamp);
        assertThat(output(start())).isEqualTo("launched\n");
        assertThat(builds()).isZero();
    }

    private Process start() throws IOException {
        ProcessBuilder command =
                new ProcessBuilder(home.resolve("liberty-config/bin/enclave").toString()).redirectErrorStream(true);
        command.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        command.environment().put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
        return command.start();
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes());
    }

    private long builds() throws IOException {
        Path log = home.resolve("builds");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    /** A file as old as the build, in a folder as old. */
    private Path put(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        for (Path made = file; !made.equals(home); made = made.getParent()) {
            Files.setLastModifiedTime(made, FileTime.from(BUILT));
        }
        return file;
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
