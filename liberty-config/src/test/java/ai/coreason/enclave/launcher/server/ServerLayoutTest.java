package ai.coreason.enclave.launcher.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLayoutTest {
    @TempDir
    private Path folder;

    private Distribution distribution;
    private ServerLayout layout;

    @BeforeEach
    void configuration() throws Exception {
        Path node = Files.createDirectories(folder.resolve("liberty/node"));
        Files.writeString(node.resolve("server.xml"), "<server/>");
        Files.writeString(node.resolve("jvm.options"), "# heap\n\n-Xmx1g\n-Dx=y\n");
        distribution = new Distribution(folder.resolve("dist"), folder.resolve("wlp"), folder.resolve("liberty"));
        layout = new ServerLayout("node_a", folder.resolve("run/node_a"));
        layout.write(
                distribution,
                "node",
                Map.of("http.port", "4711", "enclave.site.file", "/a folder/l\u00e4ufe \u4e2d+/with=odd:signs\\.json"),
                Map.of("enclave.tls.password", "hidden"));
    }

    @Test
    void write_variables_comeBackAsWritten() throws Exception {
        Properties read = new Properties();
        try (InputStream in = Files.newInputStream(layout.configuration().resolve("bootstrap.properties"))) {
            read.load(in); // as Liberty does, which takes bytes for Latin-1
        }

        assertThat(read)
                .containsEntry("http.port", "4711")
                .containsEntry("enclave.site.file", "/a folder/l\u00e4ufe \u4e2d+/with=odd:signs\\.json")
                .containsEntry("enclave.state.dir", layout.state().toString());
        assertThat(layout.configuration().resolve("server.xml")).hasContent("<server/>");
    }

    @Test
    void write_secret_liesInItsOwnFileForItsOwnerOnly() throws Exception {
        Path secret = layout.configuration().resolve("variables/enclave.tls.password");

        assertThat(secret).hasContent("hidden");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(layout.folder())))
                .isEqualTo("rwx------");
        assertThat(layout.configuration().resolve("bootstrap.properties"))
                .content()
                .doesNotContain("hidden");
    }

    @Test
    void write_again_forgetsSecretsThatAreNoLongerThere() throws Exception {
        layout.write(distribution, "node", Map.of(), Map.of("other", "new"));

        assertThat(layout.configuration().resolve("variables/enclave.tls.password"))
                .doesNotExist();
        assertThat(layout.configuration().resolve("variables/other")).hasContent("new");
    }

    @Test
    void command_jvmFlags_comeAfterJvmOptionsSoThatTheyWin() throws Exception {
        List<String> command = ServerProcess.command(distribution, layout, List.of("-Xmx2g"));

        assertThat(command)
                .containsSubsequence("-Xmx1g", "-Dx=y", "-Xmx2g", "-jar")
                .endsWith("node_a");
        assertThat(command).doesNotContain("# heap", "");
    }
}
