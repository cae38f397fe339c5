package ai.coreason.enclave.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowestTestsTest {
    private static final Instant BEGUN = Instant.parse("2026-11-30T10:00:00Z");

    @TempDir
    private Path modules;

    private void report(String module, String kind, String name, double seconds, Instant when) throws IOException {
        Path folder = Files.createDirectories(
                modules.resolve(module).resolve("target").resolve(kind));
        Path file = Files.writeString(
                folder.resolve("TEST-" + name + ".xml"),
                "<testsuite name=\"" + name + "\" tests=\"3\" time=\"" + seconds + "\"></testsuite>");
        Files.setLastModifiedTime(file, FileTime.from(when));
    }

    @Test
    void print_reportsOfAllModules_tellsTheTenSlowestOfThisBuild() throws IOException {
        for (int i = 0; i < 12; i++) {
            report("m" + i % 3, i % 2 == 0 ? "surefire-reports" : "failsafe-reports", "T" + i, i, BEGUN.plusSeconds(i));
        }
        report("m0", "surefire-reports", "Old", 1000, BEGUN.minusSeconds(1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        SlowestTests.print(SlowestTests.read(modules, BEGUN), new PrintStream(out, true, StandardCharsets.UTF_8));

        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(11);
        assertThat(lines.get(0)).isEqualTo("Slowest of 12 test classes, 66 s in all:");
        assertThat(lines.get(1)).endsWith("11.0 s     3 tests  T11");
        assertThat(lines.get(10)).endsWith("2.0 s     3 tests  T2");
    }
}
