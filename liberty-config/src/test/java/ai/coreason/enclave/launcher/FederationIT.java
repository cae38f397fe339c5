package ai.coreason.enclave.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.Phases;
import ai.coreason.enclave.privacy.ledger.audit.ExportVerifier;
import ai.coreason.enclave.privacy.ledger.audit.Verdict;
import ai.coreason.enclave.sentry.audit.AuditRecord;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole federation of separate Liberty servers, started as a user starts it, on four synthetic hospitals. */
class FederationIT {
    @TempDir
    private static Path folder;

    private static Path out;
    private static int exit;
    private static String printed;

    @BeforeAll
    static void simulate() throws Exception {
        Path home = Path.of(System.getProperty("enclave.home"));
        out = folder.resolve("out");
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        home.resolve("liberty-config/bin/enclave").toString(),
                        "simulate",
                        "--out",
                        out.toString(),
                        "--seed",
                        "7")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        exit = process.waitFor();
        printed = Files.readString(log);
    }

    private static JsonNode written(String name) throws IOException {
        return Json.read(Files.readAllBytes(out.resolve(name)));
    }

    private static List<ChargeRow> ledger() throws IOException {
        List<ChargeRow> rows = new ArrayList<>();
        written("ledger.json").get("rows").forEach(r -> rows.add(ChargeRow.parse(r, "rows")));
        return rows;
    }

    @Test
    void simulate_fourHospitals_completesTenRoundsWithAllOfThem() throws IOException {
        assertThat(exit).as(printed).isZero();
        JsonNode report = written("report.json");
        assertThat(report.get("status").asText()).isEqualTo("COMPLETED");
        assertThat(report.get("rounds"))
                .hasSize(10)
                .allSatisfy(r -> assertThat(r.get("participants")).hasSize(4));
        assertThat(Digests.sha256Hex(Files.readAllBytes(out.resolve("model.safetensors"))))
                .isEqualTo(report.get("model_digest").asText());
        assertThat(printed).contains("hold-out accuracy 0.");
    }

    /** The synthetic job's model is one linear layer over numbers scaled to [0, 1]: reckoned here by hand. */
    @Test
    void report_holdOut_isWhatTheModelGivesOnThePublicRecords() throws IOException {
        JsonNode last = written("report.json").get("rounds").get(9).get("hold_out");
        Safetensors model = Safetensors.map(out.resolve("model.safetensors"));
        float[] weight = model.tensor("fc.weight").orElseThrow().floats();
        JsonNode fields = written("synthetic/datapackage.json").at("/resources/0/schema/fields");
        List<String> rows = Files.readAllLines(out.resolve("synthetic/holdout.csv"));
        double loss = 0;
        int right = 0;
        for (String row : rows.subList(1, rows.size())) {
            String[] cells = row.split(",");
            double logit = model.tensor("fc.bias").orElseThrow().floats()[0];
            for (int i = 0; i < weight.length; i++) {
                double least = fields.get(i).at("/constraints/minimum").asDouble(0);
                double most = fields.get(i).at("/constraints/maximum").asDouble(1);
                logit += weight[i] * (Double.parseDouble(cells[i]) - least) / (most - least);
            }
            int label = Integer.parseInt(cells[weight.length]);
            loss += Math.log1p(Math.exp(label == 1 ? -logit : logit));
            right += logit > 0 == (label == 1) ? 1 : 0;
        }

        assertThat(last.get("records").asInt()).isEqualTo(rows.size() - 1);
        assertThat(last.get("accuracy").asDouble()).isCloseTo(right / (rows.size() - 1.0), within(0.002));
        assertThat(last.get("loss").asDouble()).isCloseTo(loss / (rows.size() - 1.0), within(1e-4));
        assertThat(written("report.json").get("rounds"))
                .allSatisfy(r ->
                        assertThat(r.get("hold_out").get("accuracy").asDouble()).isBetween(0.0, 1.0));
    }

    @Test
    void report_epsilon_isWhatTheLedgerRowsRecomputeTo() throws IOException {
        for (JsonNode node : written("report.json").get("nodes")) {
            List<ChargeRow> rows = ledger().stream()
                    .filter(r -> r.request().nodeId().equals(node.get("node_id").asText()))
                    .toList();
            double epsilon = PlanAccountant.epsilon(
                            Phases.with(rows, r -> true, Optional.empty()),
                            node.get("delta").asDouble())
                    .epsilon();
            assertThat(node.get("epsilon").asDouble()).isEqualTo(epsilon).isLessThanOrEqualTo(3.0);
            assertThat(rows).hasSize(10).extracting(ChargeRow::state).containsOnly(ChargeState.COMMITTED);
        }
    }

    @Test
    void exports_chains_hold() throws IOException {
        JsonNode ledger = written("ledger.json");
        for (JsonNode dataset : ledger.get("datasets")) {
            String head = dataset.get("genesis").asText();
            for (ChargeRow row : ledger()) {
                if (row.request().nodeId().equals(dataset.get("node_id").asText())) {
                    assertThat(row.previousHash()).isEqualTo(head);
                    assertThat(row.hash()).isEqualTo(row.computedHash());
                    head = row.hash();
                }
            }
            assertThat(head).isEqualTo(dataset.get("head").asText());
        }
        List<AuditRecord> audit = StreamSupport.stream(
                        written("audit.json").get("records").spliterator(), false)
                .map(r -> AuditRecord.parse(r, "records"))
                .toList();
        assertThat(AuditRecord.firstFault(audit)).isEmpty();
        assertThat(audit)
                .extracting(AuditRecord::event)
                .contains("job.admitted", "round.closed", "job.completed")
                .filteredOn("update.admitted"::equals)
                .hasSize(40);
    }

    @Test
    void ledger_export_verifiesOffline() throws Exception {
        Verdict verdict =
                ExportVerifier.verify(ExportVerifier.read(written("ledger.json")), Optional.empty(), List.of());
        assertThat(verdict.holds()).as(verdict.toString()).isTrue();
        assertThat(verdict.datasets())
                .hasSize(4)
                .allSatisfy(d -> assertThat(d.rows()).isEqualTo(10));
    }

    @Test
    void simulate_afterwards_noServerIsLeft() {
        assertThat(ProcessHandle.allProcesses()
                        .filter(p -> p.info().commandLine().orElse("").contains(out.toString()))
                        .toList())
                .isEmpty();
    }
}
