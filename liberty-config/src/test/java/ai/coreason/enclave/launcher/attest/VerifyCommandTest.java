package ai.coreason.enclave.launcher.attest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.Enclave;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class VerifyCommandTest {
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String kind, Path... folders) {
        CommandLine command = Enclave.commandLine();
        command.setOut(new PrintWriter(out, true));
        List<String> args = new ArrayList<>(List.of("attest", "verify", "--kind", kind, "--json"));
        for (Path one : folders) {
            args.add(one.toString());
        }
        return command.execute(args.toArray(String[]::new));
    }

    /** One failure must not keep the others from their answer. */
    @ParameterizedTest
    @ValueSource(strings = {"snp", "snp-configfs-tsm", "snp-azure-vtpm", "tdx", "sgx", "nvidia", "nvidia-rim"})
    void verify_foldersThatCannotBeJudged_haveOneLineEach(String kind) throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Path noted = Files.createDirectories(folder.resolve("noted"));
        Files.writeString(noted.resolve("notes.txt"), "x");

        assertThat(run(kind, folder.resolve("none"), empty, noted)).isEqualTo(2);

        List<JsonNode> lines = out.toString().lines().map(Json::read).toList();
        assertThat(lines).hasSize(3);
        assertThat(lines).allSatisfy(l -> {
            assertThat(l.path("verdict").asText()).isEqualTo("UNJUDGED");
            assertThat(l.path("reasons")).hasSize(1);
        });
        assertThat(lines.get(1).path("unused")).isEmpty();
        assertThat(lines.get(2).path("unused").get(0).asText()).isEqualTo("notes.txt");
    }

    @Test
    void verify_brokenEvidenceBesideNone_isInvalidAsAWhole() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        Files.write(broken.resolve("report.bin"), new byte[] {1});

        assertThat(run("snp", folder.resolve("none"), broken)).isEqualTo(1);
        assertThat(out.toString().lines().count()).isEqualTo(2);
    }
}
