package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Digests;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeManifestTest {
    @TempDir
    Path folder;

    private final Map<String, String> files = new LinkedHashMap<>();

    CodeManifestTest() {
        files.put("index.html", "page");
        files.put("WEB-INF/lib/a.jar", "jar");
        files.put("WEB-INF/classes/x/B.class", "class");
    }

    @Test
    void of_archive_listsEveryFileByPathAsSha256sumDoes() throws Exception {
        CodeManifest manifest = CodeManifest.of(archive());

        assertThat(manifest.files()).isEqualTo(3);
        assertThat(manifest.text())
                .isEqualTo(digest("class") + "  WEB-INF/classes/x/B.class\n" + digest("jar") + "  WEB-INF/lib/a.jar\n"
                        + digest("page") + "  index.html\n");
        assertThat(manifest.sha256()).isEqualTo(digest(manifest.text()));
    }

    @Test
    void of_expandedArchive_isTheSame() throws Exception {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve("app").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        Path application = CodeManifest.applicationOf(folder.resolve("app/WEB-INF/classes"));

        assertThat(CodeManifest.of(application).sha256())
                .isEqualTo(CodeManifest.of(archive()).sha256());
    }

    @Test
    void of_oneByteOfOneFileChanged_isAnother() throws Exception {
        String before = CodeManifest.of(archive()).sha256();
        files.put("WEB-INF/lib/a.jar", "jaR");

        assertThat(CodeManifest.of(archive()).sha256()).isNotEqualTo(before);
    }

    @Test
    void of_emptyFolder_isRefused() {
        assertThatThrownBy(() -> CodeManifest.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("code manifest: expected at least one installed file, got none");
    }

    @Test
    void of_classOfTheApplication_coversItsOwnFile() throws Exception {
        assertThat(CodeManifest.of(CodeManifest.class).text())
                .contains("  ai/coreason/enclave/node/evidence/CodeManifest.class\n");
    }

    @Test
    void of_classOfThePlatform_isRefused() {
        assertThatThrownBy(() -> CodeManifest.of(String.class))
                .isInstanceOf(IOException.class)
                .hasMessage("code manifest: expected java.lang.String to come from a file, got none");
    }

    private Path archive() throws IOException {
        Path file = folder.resolve("node.war");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> entry : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    private static String digest(String text) {
        return Digests.sha256Hex(text.getBytes(StandardCharsets.UTF_8));
    }
}
