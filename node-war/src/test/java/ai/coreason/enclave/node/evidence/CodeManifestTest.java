package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CodeManifestTest {
    private final Map<String, String> files = new HashMap<>(
            Map.of("/WEB-INF/lib/a.jar", "jar", "/WEB-INF/classes/x/B.class", "class", "/index.html", "page"));

    @Test
    void of_archive_listsEveryFileByPathAsSha256sumDoes() throws Exception {
        CodeManifest manifest = CodeManifest.of(archive());

        assertThat(manifest.files()).isEqualTo(3);
        assertThat(manifest.text())
                .isEqualTo(digest("class") + "  /WEB-INF/classes/x/B.class\n" + digest("jar") + "  /WEB-INF/lib/a.jar\n"
                        + digest("page") + "  /index.html\n");
        assertThat(manifest.sha256()).isEqualTo(digest(manifest.text()));
    }

    @Test
    void sha256_oneByteOfOneFileChanged_isAnother() throws Exception {
        String before = CodeManifest.of(archive()).sha256();
        files.put("/WEB-INF/lib/a.jar", "jaR");

        assertThat(CodeManifest.of(archive()).sha256()).isNotEqualTo(before);
    }

    @Test
    void of_emptyArchive_isRefused() {
        files.clear();

        assertThatThrownBy(() -> CodeManifest.of(archive()))
                .isInstanceOf(IOException.class)
                .hasMessage("code manifest: expected at least one installed file, got none");
    }

    private CodeManifest.Files archive() {
        return new CodeManifest.Files() {
            @Override
            public Set<String> in(String folder) {
                return files.keySet().stream()
                        .filter(path -> path.startsWith(folder))
                        .map(path -> {
                            int slash = path.indexOf('/', folder.length());
                            return slash < 0 ? path : path.substring(0, slash + 1);
                        })
                        .collect(Collectors.toSet());
            }

            @Override
            public InputStream open(String path) {
                return new ByteArrayInputStream(files.get(path).getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static String digest(String text) {
        return Json.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
