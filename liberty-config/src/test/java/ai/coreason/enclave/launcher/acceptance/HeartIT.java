package ai.coreason.enclave.launcher.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Phases;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four hospitals' heart records. */
class HeartIT {
    private static final List<String> HOSPITALS = List.of("cleveland", "hungarian", "switzerland", "va");

    @TempDir
    Path folder;

    private final Path data = Simulation.federation("heart");

    @Test
    void jobWithoutPrivacy_reachesTheAccuracyOfPlainAveraging() throws Exception {
        Simulation run = Simulation.run(folder, data, "job_plain.json");

        assertThat(run.process().exitValue()).as(run.printed()).isZero();
        assertThat(accuracy("job_plain.json", run)).isGreaterThanOrEqualTo(.775);
    }

    @Test
    void jobWithPrivacy_isAccurateWithinItsBudgetAndRepeatsBySeed() throws Exception {
        Simulation first = Simulation.run(folder.resolve("first"), data, "job_dp.json", "--seed", "7");
        Simulation second = Simulation.run(folder.resolve("second"), data, "job_dp.json", "--seed", "7");

        assertThat(first.process().exitValue()).as(first.printed()).isZero();
        assertThat(accuracy("job_dp.json", first)).isGreaterThanOrEqualTo(.73);
        for (JsonNode node : first.report().get("nodes")) {
            assertThat(node.get("epsilon").asDouble())
                    .isLessThanOrEqualTo(3.0)
                    .isCloseTo(recomputed(first, node), within(1e-12));
        }
        assertThat(first.report().get("model_digest")).isEqualTo(second.report().get("model_digest"));
    }

    @Test
    void jobThatOutlivesBudgets_haltsWithTheLastWholeModel() throws Exception {
        Simulation run = Simulation.run(folder, data, "job_halts.json");

        assertThat(run.process().exitValue()).as(run.printed()).isZero();
        JsonNode report = run.report();
        assertThat(report.get("status").asText()).isEqualTo("HALTED_BUDGET");
        List<Integer> participants = new ArrayList<>();
        report.get("rounds").forEach(r -> participants.add(r.get("participants").size()));
        assertThat(participants.subList(0, 4)).containsOnly(4);
        assertThat(participants.subList(4, participants.size()))
                .hasSizeBetween(29, 31)
                .containsOnly(3);
        for (JsonNode node : report.get("nodes")) {
            assertThat(node.get("epsilon").asDouble())
                    .isLessThanOrEqualTo(node.get("limit").asDouble());
        }
        assertThat(Digests.sha256Hex(Files.readAllBytes(run.model())))
                .isEqualTo(report.get("model_digest").asText());
    }

    private static double recomputed(Simulation run, JsonNode node) throws IOException {
        List<ChargeRow> rows = new ArrayList<>();
        for (JsonNode row : run.written("ledger.json").get("rows")) {
            if (row.get("node_id").equals(node.get("node_id"))) {
                rows.add(ChargeRow.parse(row, "rows"));
            }
        }
        return PlanAccountant.epsilon(
                        Phases.with(rows, r -> true, Optional.empty()),
                        node.get("delta").asDouble())
                .epsilon();
    }

    /** Over the rows of the four held-out tables. */
    private double accuracy(String job, Simulation run) throws IOException {
        PlainModel model = new PlainModel(data.resolve(job), run.model());
        JsonNode dataset = Json.read(Files.readAllBytes(data.resolve(job))).get("dataset");
        Map<String, JsonNode> bounds = new HashMap<>();
        Json.read(Files.readAllBytes(data.resolve("datapackage.json")))
                .at("/resources/0/schema/fields")
                .forEach(f -> bounds.put(f.get("name").asText(), f.path("constraints")));
        int right = 0;
        int rows = 0;
        for (String hospital : HOSPITALS) {
            List<String> lines = Files.readAllLines(data.resolve(hospital + "_test.csv"));
            List<String> columns = Arrays.asList(lines.get(0).split(","));
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split(",");
                float[] x = new float[dataset.get("features").size()];
                for (int i = 0; i < x.length; i++) {
                    JsonNode feature = dataset.get("features").get(i);
                    x[i] = encoded(
                            Float.parseFloat(
                                    cells[columns.indexOf(feature.get("field").asText())]),
                            feature,
                            bounds);
                }
                String label =
                        cells[columns.indexOf(dataset.get("label").get("field").asText())];
                right += model.outputs(x)[0] > 0 == Float.parseFloat(label) > .5 ? 1 : 0;
                rows++;
            }
        }
        assertThat(rows).isEqualTo(254);
        return right / (double) rows;
    }

    private static float encoded(float value, JsonNode feature, Map<String, JsonNode> bounds) {
        if (!feature.get("encode").asText().equals("min_max")) {
            return value;
        }
        JsonNode bound = bounds.get(feature.get("field").asText());
        double least = bound.get("minimum").asDouble();
        return (float) ((value - least) / (bound.get("maximum").asDouble() - least));
    }
}
