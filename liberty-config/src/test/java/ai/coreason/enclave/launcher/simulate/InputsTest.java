package ai.coreason.enclave.launcher.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.simulate.preflight.PreflightReport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
    private static final String JOB = "{\"clients\": [\"a\", \"b\", \"c\"], \"min_clients\": 3}";

    @Test
    void prepared_fewerNodes_cutsClientsAndQuorum() {
        ObjectNode job = Inputs.prepared(Json.read(JOB), OptionalInt.of(2), OptionalLong.empty());

        assertThat(job).isEqualTo(Json.read("{\"clients\": [\"a\", \"b\"], \"min_clients\": 2}"));
    }

    @Test
    void prepared_moreNodesThanClients_isRefused() {
        assertThatThrownBy(() -> Inputs.prepared(Json.read(JOB), OptionalInt.of(4), OptionalLong.empty()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("--nodes: expected 1 to the job's 3 clients, got 4");
    }

    @Test
    void prepared_seed_givesTheSameIdForTheSameJobOnly() {
        String id = idWithSeed(7);

        assertThat(idWithSeed(7)).isEqualTo(id);
        assertThat(idWithSeed(8)).isNotEqualTo(id);
        assertThat(UUID.fromString(id).version()).isEqualTo(8);
        assertThat(UUID.fromString(id).variant()).isEqualTo(2);
    }

    @Test
    void prepared_noSeed_leavesTheIdToTheOverseer() {
        assertThat(Inputs.prepared(Json.read(JOB), OptionalInt.empty(), OptionalLong.empty())
                        .has("job_id"))
                .isFalse();
    }

    /** Before a server has started. */
    @Test
    void read_sitesThatDiffer_isRefusedByFieldAndSites(@TempDir Path folder) throws IOException {
        StringBuilder resources = new StringBuilder();
        for (String node : new String[] {"a", "b"}) {
            Files.writeString(folder.resolve(node + ".csv"), "age,y\n");
            resources.append(resources.isEmpty() ? "" : ",").append("""
                    {"name": "%s", "path": "%s.csv", "format": "csv", "schema": {"fields": [
                       {"name": "age", "type": "number", "constraints": {"minimum": 0, "maximum": %d}},
                       {"name": "y", "type": "integer", "constraints": {"enum": [0, 1]}}]},
                     "coreason": {"data_owner": "o_%s", "dataset_id": "d", "privacy_unit": "record",
                                  "declared_rows": 9, "delta": 0.001, "epsilon_ceiling": 5}}
                    """.formatted(
                            node, node, node.equals("a") ? 120 : 1000, node));
        }
        Files.writeString(folder.resolve("datapackage.json"), "{\"resources\": [" + resources + "]}");
        Path job = Files.writeString(folder.resolve("job.json"), """
                {"clients": ["a", "b"], "min_clients": 2, "rounds": 2, "strategy": "FED_AVG",
                 "privacy": {"noise_multiplier": 3.0, "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "d", "features": [{"field": "age", "encode": "min_max"}],
                             "label": {"field": "y", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [1]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """);
        PreflightReport report = new PreflightReport();
        assertThat(Inputs.read(folder, job, wishes(OptionalInt.empty()), report))
                .isEmpty();
        assertThat(report.problems())
                .containsExactly(
                        job + ": dataset.features[0] age: expected the same maximum at all sites, got 120 at a,"
                                + " 1000 at b");

        PreflightReport alone = new PreflightReport();
        assertThat(Inputs.read(folder, job, wishes(OptionalInt.of(1)), alone))
                .hasValueSatisfying(inputs -> assertThat(inputs.dataBytes()).containsOnlyKeys("a"));
        assertThat(alone.notes()).contains("--nodes: min_clients is 1 in this run, the job says 2");
    }

    private static Inputs.Wishes wishes(OptionalInt nodes) {
        return new Inputs.Wishes(nodes, OptionalLong.empty(), false);
    }

    @Test
    void heapMegabytes_growsWithTheData() {
        assertThat(Federation.heapMegabytes(0)).isEqualTo(384);
        assertThat(Federation.heapMegabytes(50L << 20)).isEqualTo(984);
    }

    private static String idWithSeed(long seed) {
        return Inputs.prepared(Json.read(JOB), OptionalInt.empty(), OptionalLong.of(seed))
                .path("job_id")
                .asText();
    }
}
