package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders of the version before there were migrations (a run of {@code enclave simulate --keep --nodes 2} with the synthetic
 * hospitals) under this version. Their keys are of that run alone.
 */
class UpgradeIT {
    private static final List<String> NODES = List.of("node_harbour", "node_lakeside");

    @TempDir
    private Path folder;

    @Test
    void run_foldersOfTheVersionBefore_keepJobModelAndLedgerAndTrainOn() throws Exception {
        unpack();
        JsonNode before = Json.read(Files.readAllBytes(folder.resolve("report.json")));
        String job = before.path("job_id").asText();
        try (Installed servers = new Installed(folder, NODES)) {
            for (String node : NODES) {
                servers.writeSite(node, folder.resolve("synthetic/datapackage.json"), servers.nodePort());
                Files.move(folder.resolve(node).resolve("enrolment.token"), folder.resolve(node + ".token"));
                moved(node);
            }
            servers.runOverseer();

            OverseerApi api = servers.api();
            assertThat(api.job(job).path("status")).isEqualTo(before.path("status"));
            assertThat(Digests.sha256Hex(api.model(job)))
                    .isEqualTo(before.path("model_digest").asText());
            JsonNode rows = api.ledger().path("rows");
            assertThat(rows)
                    .isEqualTo(Json.read(Files.readAllBytes(folder.resolve("ledger.json")))
                            .path("rows"))
                    .hasSizeGreaterThan(10);

            for (String node : NODES) {
                servers.runNode(node);
            }
            String next = api.submit(job()).path("job_id").asText();
            assertThat(servers.ended(next).path("status").asText()).isEqualTo("COMPLETED");
            assertThat(api.ledger().path("rows")).hasSize(rows.size() + NODES.size());
            Path export = folder.resolve("export.json");
            Files.write(export, Json.write(api.ledger()));
            assertThat(servers.command(List.of("ledger", "verify", export.toString())))
                    .as(servers.printed())
                    .isZero();
        }

        newer("overseer");
        try (Installed servers = new Installed(folder, NODES)) {
            assertThat(servers.enclave("overseer", "run", "--simulation", "--detach"))
                    .isNotZero();
            assertThat(servers.printed())
                    .contains("the tables of overseer: expected version ")
                    .contains("got version 999: a newer version of this software has used this database");
            assertThat(servers.running("overseer")).isEmpty();
        }
    }

    /** One cheap round for both nodes. */
    private ObjectNode job() throws Exception {
        ObjectNode job = (ObjectNode) Json.read(Files.readAllBytes(folder.resolve("synthetic/job.json")));
        job.set("clients", Json.read("[\"node_harbour\", \"node_lakeside\"]"));
        job.put("min_clients", 2).put("rounds", 1);
        ((ObjectNode) job.path("privacy")).put("target_epsilon", 0.5);
        return job;
    }

    /** A node's records lie where they lay on the first day. */
    private void moved(String node) throws Exception {
        Path records = folder.resolve("synthetic").resolve(node.substring("node_".length()) + ".csv");
        change(node, "update dataset_account set data_source = '" + records.toRealPath() + "'");
    }

    /** As if a later version had used a stopped server's database. */
    private void newer(String server) throws SQLException {
        change(
                server,
                "insert into \"" + server + "_schema\" (\"installed_rank\", \"version\", \"description\", \"type\","
                        + " \"script\", \"installed_by\", \"execution_time\", \"success\")"
                        + " values (999, '999', 'later', 'SQL', 'V999__later.sql', 'app', 1, true)");
    }

    private void change(String server, String statement) throws SQLException {
        String url = "jdbc:derby:" + folder.resolve(server).resolve("state/db");
        try (Connection connection = DriverManager.getConnection(url)) {
            assertThat(connection.createStatement().executeUpdate(statement)).isEqualTo(1);
        }
        try {
            DriverManager.getConnection(url + ";shutdown=true").close();
        } catch (SQLException shutDown) {
            assertThat(shutDown.getSQLState()).isEqualTo("08006");
        }
    }

    private void unpack() throws Exception {
        Path archive = folder.resolve("before.tar.gz");
        try (InputStream in =
                getClass().getResourceAsStream("/ai/coreason/enclave/launcher/upgrade/before-migrations.tar.gz")) {
            Files.copy(in, archive);
        }
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
    }
}
