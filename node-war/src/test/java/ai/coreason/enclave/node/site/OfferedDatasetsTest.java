package ai.coreason.enclave.node.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfferedDatasetsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void records() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "age\n40\n");
        Files.writeString(folder.resolve("b.csv"), "age\n50\n");
    }

    @Test
    void load_namedResources_areOfferedByDatasetId() throws Exception {
        describe(resource("node_a", "a.csv", "heart"), resource("other", "b.csv", "lung"));

        OfferedDatasets offered = OfferedDatasets.load(site("node_a"));

        assertThat(offered.all()).hasSize(1);
        assertThat(offered.named("lung")).isEmpty();
        assertThat(offered.named("heart")).hasValueSatisfying(d -> {
            assertThat(d.dataset().declaredRows()).isEqualTo(100);
            assertThat(d.dataset().ceiling()).isEqualTo(4.0);
            assertThat(d.file()).hasFileName("a.csv").isAbsolute();
        });
    }

    @Test
    void load_resourceThatThePackageLacks_isRefusedByName() throws Exception {
        describe(resource("node_a", "a.csv", "heart"));

        assertThatThrownBy(() -> OfferedDatasets.load(site("node_a", "node_b")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("resources[1]: expected a resource of the data package, got node_b");
    }

    @Test
    void load_oneIdTwice_isRefused() throws Exception {
        describe(resource("node_a", "a.csv", "heart"), resource("node_b", "b.csv", "heart"));

        assertThatThrownBy(() -> OfferedDatasets.load(site("node_a", "node_b")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("resources[1]: expected every dataset_id once, got heart");
    }

    @Test
    void load_twoIdsOverOneSource_isRefused() throws Exception {
        describe(resource("node_a", "a.csv", "heart"), resource("node_b", "a.csv", "lung"));

        assertThatThrownBy(() -> OfferedDatasets.load(site("node_a", "node_b"))).isInstanceOf(InvalidDocument.class);
    }

    private void describe(String... resources) throws Exception {
        Files.writeString(
                folder.resolve("datapackage.json"),
                "{\"name\": \"test\", \"resources\": [" + String.join(",", resources) + "]}");
    }

    private static String resource(String name, String path, String datasetId) {
        return """
                {"name": "%s", "path": "%s", "format": "csv",
                 "schema": {"fields": [{"name": "age", "type": "number"}]},
                 "coreason": {"data_owner": "owner", "dataset_id": "%s", "privacy_unit": "record",
                              "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 4.0}}
                """.formatted(name, path, datasetId);
    }

    private SiteFile site(String... resources) {
        return new SiteFile(
                "node_a",
                URI.create("https://127.0.0.1:9444"),
                folder.resolve("ca.pem"),
                folder.resolve("token"),
                folder.resolve("datapackage.json"),
                List.of(resources),
                new SitePolicy(true, Set.of()),
                Optional.empty());
    }
}
