package ai.coreason.enclave.launcher.simulate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir
    private Path folder;

    private Path descriptor;
    private Path jobFile;
    private ObjectNode dataPackage;
    private ObjectNode job;
    private PreflightReport report;

    @BeforeEach
    void write() throws IOException {
        SyntheticHospitals.write(folder, 1);
        descriptor = folder.resolve("datapackage.json");
        jobFile = folder.resolve("job.json");
        dataPackage = (ObjectNode) Json.read(Files.readAllBytes(descriptor));
        job = (ObjectNode) Json.read(Files.readAllBytes(jobFile));
    }

    private Optional<Preflight.Cleared> check(boolean allRounds) throws IOException {
        Files.write(descriptor, Json.write(dataPackage));
        Files.write(jobFile, Json.write(job));
        report = new PreflightReport();
        return new Preflight(descriptor, jobFile, allRounds, report).check(d -> d);
    }

    private ObjectNode registration(int resource) {
        return (ObjectNode) dataPackage.at("/resources/" + resource + "/coreason");
    }

    private void replaceLine(String file, int line, String text) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(file));
        lines.set(line - 1, text);
        Files.write(folder.resolve(file), lines);
    }

    @Test
    void check_syntheticHospitals_areClearedAndWhatRoundsCostIsNoted() throws IOException {
        assertThat(check(true))
                .hasValueSatisfying(c -> assertThat(c.dataBytes()).hasSize(4));
        assertThat(report.problems()).isEmpty();
        assertThat(report.notes())
                .anyMatch(n -> n.matches("node_harbour: all 10 rounds cost epsilon 3\\.000 of the ceiling 5\\.0, .*"));
    }

    @Test
    void check_faultsInJobPackageAndRecords_areAllTold() throws IOException {
        job.put("rounds", 0);
        job.remove("strategy");
        replaceLine("harbour.csv", 4, "101,1,120,80,25,100,1,5,13,0,0,0,0");
        replaceLine("valley.csv", 2, "50,1,120,eighty,25,100,1,5,13,0,0,0,2");

        assertThat(check(false)).isEmpty();
        assertThat(report.problems())
                .containsExactlyInAnyOrder(
                        jobFile + ": rounds: expected a whole number in [1, 100000], got 0",
                        jobFile + ": strategy: expected one of FED_AVG, FED_PROX, SCAFFOLD, FED_ADAM, FED_YOGI,"
                                + " TRIMMED_MEAN, MEDIAN, KRUM, got nothing",
                        "harbour.csv: column age: expected at most 100, got more (once, on line 4)",
                        "valley.csv: column heart_rate: expected the type number, got another (once, on line 2)",
                        "valley.csv: column readmitted: expected one of 0, 1, got another (once, on line 2)");
    }

    @Test
    void check_modelOfAnotherWidthAndFieldNobodyHas_isToldBeforeAnythingStarts() throws IOException {
        ((ObjectNode) job.at("/model/inputs/0")).putArray("shape").add(3);
        ((ObjectNode) job.at("/dataset/label")).put("field", "died");

        assertThat(check(false)).isEmpty();
        assertThat(report.problems())
                .anyMatch(p -> p.startsWith(jobFile + ": dataset.label.field: expected a field of the local schema"))
                .anyMatch(p -> p.startsWith(
                        jobFile + ": dataset.features: expected as many numbers as the model's input x [3] takes"));
    }

    @Test
    void check_clientThatIsNoResource_namesTheResources() throws IOException {
        job.putArray("clients").add("node_harbour").add("harbour").add("node_valley");

        assertThat(check(false)).isEmpty();
        assertThat(report.problems())
                .containsExactly(jobFile + ": clients[1]: expected the name of a resource of " + descriptor
                        + " (node_harbour, node_lakeside, node_northside, node_valley), got harbour");
    }

    @Test
    void check_filesThatAreMissing_areAllTold() throws IOException {
        Files.delete(folder.resolve("harbour.csv"));
        Files.delete(folder.resolve("valley.csv"));

        assertThat(check(false)).isEmpty();
        assertThat(report.problems())
                .hasSize(2)
                .allMatch(p -> p.matches(Pattern.quote(descriptor + ": resources[") + "[03]].path: expected .*"));
    }

    @Test
    void check_ceilingBelowTheTarget_isNotedWithTheFigureThatHoldsIt() throws IOException {
        registration(0).put("epsilon_ceiling", 3.0);

        assertThat(check(false)).isPresent();
        String note = report.notes().stream()
                .filter(n -> n.startsWith("the budget ends first: node_harbour can pay "))
                .findFirst()
                .orElseThrow();
        Matcher figure =
                Pattern.compile("epsilon_ceiling of at least (\\d\\.\\d+)").matcher(note);
        assertThat(figure.find()).as(note).isTrue();
        double enough = Double.parseDouble(figure.group(1));

        registration(0).put("epsilon_ceiling", enough);
        assertThat(check(true)).as("%s", report.problems()).isPresent();
        registration(0).put("epsilon_ceiling", enough - 0.003);
        assertThat(check(true)).isEmpty();
        assertThat(report.problems()).singleElement().asString().contains("node_harbour can pay 9 of 10 rounds");
    }

    @Test
    void check_tooFewCanPayTheFirstRound_isAProblemInAnyCase() throws IOException {
        ((ObjectNode) job.at("/privacy")).put("noise_multiplier", 0.3);

        assertThat(check(false)).isEmpty();
        assertThat(report.problems())
                .anyMatch(p -> p.contains("node_valley can pay 0 of 10 rounds")
                        && p.contains("more than the highest target_epsilon that there is, 5.0"));
    }

    @Test
    void check_deltaAboveTheDatasets_isToldOfEachNode() throws IOException {
        ((ObjectNode) job.at("/privacy")).put("target_delta", 0.01);

        assertThat(check(false)).isEmpty();
        assertThat(report.problems()).hasSize(4).allMatch(p -> p.contains("privacy.target_delta: expected at most"));
    }

    @Test
    void check_initialModel_isRefusedAsThereIsNone() throws IOException {
        job.put("initial_model", "0".repeat(64));

        assertThat(check(false)).isEmpty();
        assertThat(report.problems()).singleElement().asString().contains("initial_model: expected nothing");
    }

    @Test
    void check_documentsThatAreNoJson_areBothTold() throws IOException {
        Files.writeString(descriptor, "{");
        Files.writeString(jobFile, "");
        report = new PreflightReport();

        assertThat(new Preflight(descriptor, jobFile, false, report).check(d -> d))
                .isEmpty();
        assertThat(report.problems()).hasSize(2);
    }

    private static ObjectNode site(String name, int declared) {
        return (ObjectNode) Json.read("""
                {"name": "%s", "path": "%s.csv", "format": "csv", "schema": {"fields": [
                   {"name": "sex", "type": "string"},
                   {"name": "y", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                 "coreason": {"data_owner": "o_%s", "dataset_id": "d", "privacy_unit": "record",
                              "declared_rows": %d, "delta": 0.001, "epsilon_ceiling": 5}}
                """.formatted(name, name, name, declared));
    }

    private void twoSites(String recordsOfB) throws IOException {
        dataPackage = Json.object();
        dataPackage.putArray("resources").add(site("a", 4)).add(site("b", 100));
        job = (ObjectNode) Json.read("""
                {"clients": ["a", "b"], "min_clients": 1, "rounds": 2, "strategy": "FED_AVG",
                 "privacy": {"mechanism": "NONE"},
                 "dataset": {"name": "d",
                             "features": [{"field": "sex", "encode": "one_hot", "order": ["female", "male"]}],
                             "label": {"field": "y", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """);
        Files.writeString(folder.resolve("a.csv"), "sex,y\nfemale,0\nmale,1\nfemale,1\nmale,0\n");
        Files.writeString(folder.resolve("b.csv"), recordsOfB);
    }

    /** Whoever tries a job out reads no node's log: what that tells of the records is on the console before servers start. */
    @Test
    void check_siteWhoseWordsAreNotTheJobs_isToldAsItsNodeWouldTell() throws IOException {
        twoSites("sex,y\n" + "F,0\nM,1\n".repeat(50));

        assertThat(check(false)).as("%s", report.problems()).isPresent();
        assertThat(report.notes())
                .contains(
                        "b, b.csv: 100 of 100 records have a value of sex that the job's order leaves out: it is read as"
                                + " zeros")
                .noneMatch(n -> n.startsWith("a, "));
    }

    @Test
    void check_siteOfFewRecordsWithGapsAndOneClass_isToldAsItsNodeWouldTell() throws IOException {
        twoSites("sex,y\n" + ",1\n".repeat(12));

        assertThat(check(false)).as("%s", report.problems()).isPresent();
        assertThat(report.notes())
                .contains(
                        "b, b.csv: 12 records to train on, far from the 100 declared, by which this site's updates are"
                                + " scaled",
                        "b, b.csv: 12 of 12 records miss sex: a job that uses it reads zeros, or leaves the record out where"
                                + " it is the label",
                        "b, b.csv: all labels are one and the same, as the job reads them: a model learns to say just that");
    }

    @Test
    void check_siteWithoutRecords_isToldOnce() throws IOException {
        twoSites("sex,y\n");

        assertThat(check(false)).as("%s", report.problems()).isPresent();
        assertThat(report.notes().stream().filter(n -> n.startsWith("b, b.csv: ")))
                .containsExactly(
                        "b, b.csv: 0 records to train on, of 100 declared: a job gets nothing but noise from this"
                                + " site, and the budget is spent all the same");
    }

    @Test
    void check_recordsThatBreakTheirSchema_areProblemsAndNoNotes() throws IOException {
        twoSites("sex,y\n" + "F,2\n".repeat(3));

        assertThat(check(false)).isEmpty();
        assertThat(report.problems())
                .containsExactly("b.csv: column y: expected one of 0, 1, got another (3 times, first on" + " line 2)");
        assertThat(report.notes()).noneMatch(n -> n.startsWith("b, "));
    }
}
