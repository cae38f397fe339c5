package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.copies.SamplePrints;
import ai.coreason.enclave.node.data.DatasetReader;
import ai.coreason.enclave.node.data.Reading;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.RecordLook;
import ai.coreason.enclave.sentry.data.encode.RecordNotes;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordNotesTest {
    @TempDir
    private Path folder;

    /** A site's records of a case, read for its job. */
    private static List<String> ofCase(String site) throws IOException {
        Path data = Path.of(System.getProperty("enclave.shared", "../shared")).resolve("cases/zero-rows-silent");
        if (!Files.exists(data) && "true".equals(System.getenv("CI"))) {
            fail("CI needs the acceptance data cases/zero-rows-silent");
        }
        Assumptions.assumeTrue(Files.exists(data), "the case is not here");
        return read(data, site);
    }

    private static List<String> read(Path data, String site) throws IOException {
        DataPackage read = DataPackage.read(data.resolve("datapackage.json"));
        DataResource resource = read.resource(site).orElseThrow();
        FederationJob job =
                FederationJob.parse(Json.read(Files.readAllBytes(data.resolve("job.json"))), JobRules.inSimulation());
        Reading reading = DatasetReader.of(read, resource, job).read(SamplePrints.of(resource));
        if (reading instanceof Reading.Ready ready) {
            RecordLook look = RecordLook.of(job, resource, 1 << 20);
            Findings found = resource.format().read(read.files(resource), look);
            assertThat(look.notes(found.noted(read.passedOver(resource))))
                    .as("what a simulation prints")
                    .isEqualTo(RecordNotes.of(resource.dataset(), ready.findings(), ready.examples()));
        }
        return reading instanceof Reading.Ready ready
                ? RecordNotes.of(resource.dataset(), ready.findings(), ready.examples())
                : List.of(RecordRefusals.refusal(resource.dataset(), (Reading.Refused) reading));
    }

    @Test
    void of_siteWithoutRecords_saysSoFirst() throws Exception {
        assertThat(ofCase("zero")).first().asString().startsWith("0 records to train on, of 120 declared: ");
        assertThat(ofCase("ok")).isEmpty();
        assertThat(ofCase("one")).isEmpty();
    }

    @Test
    void refusal_wholeNumbersWithAPoint_areExplained() throws Exception {
        assertThat(ofCase("floaty"))
                .singleElement()
                .asString()
                .contains("y: whole numbers written with a point or an exponent, such as 1.0, are no integers")
                .contains("y: TYPE first on line ");
    }

    @Test
    void of_recordsFarFromTheDeclaredOrWithGaps_areTold() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "age,y\n1,1\n,0\n2,\n");
        Files.writeString(folder.resolve("datapackage.json"), """
                {"resources": [{"name": "a", "path": "a.csv", "format": "csv", "schema": {"fields": [
                   {"name": "age", "type": "number"}, {"name": "y", "type": "integer", "constraints": {"enum": [0, 1]}}]},
                 "coreason": {"data_owner": "o", "dataset_id": "d", "privacy_unit": "record",
                              "declared_rows": 9, "delta": 0.001, "epsilon_ceiling": 5}}]}
                """);
        Files.writeString(folder.resolve("job.json"), """
                {"clients": ["a"], "min_clients": 1, "rounds": 2, "strategy": "FED_AVG",
                 "privacy": {"noise_multiplier": 3.0, "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "d", "features": [{"field": "age", "encode": "identity"}],
                             "label": {"field": "y", "encode": "binary"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [1]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """);
        assertThat(read(folder, "a"))
                .containsExactly(
                        "2 records to train on, far from the 9 declared, by which this site's updates are scaled",
                        "1 of 3 records are left out, as they miss the label",
                        "1 of 3 records miss age: a job that uses it reads zeros, or leaves the record out where it is the label",
                        "1 of 3 records miss y: a job that uses it reads zeros, or leaves the record out where it is the label");
    }

    @Test
    void of_unitsLostValuesAndOneClass_areToldAsASimulationPrintsThem() throws Exception {
        Files.writeString(
                folder.resolve("a.csv"), "who,sex,y\n" + "p1,F,1\n".repeat(12) + "p2,male,1\np3,,1\np4,male,1\n");
        Files.writeString(folder.resolve("datapackage.json"), """
                {"resources": [{"name": "a", "path": "a.csv", "format": "csv", "schema": {"fields": [
                   {"name": "who", "type": "string"}, {"name": "sex", "type": "string"},
                   {"name": "y", "type": "string", "constraints": {"enum": ["0", "1", "2"]}}]},
                 "coreason": {"data_owner": "o", "dataset_id": "d", "privacy_unit": {"column": "who", "max_records": 1},
                              "declared_rows": 4, "delta": 0.001, "epsilon_ceiling": 5}}]}
                """);
        Files.writeString(folder.resolve("job.json"), """
                {"clients": ["a"], "min_clients": 1, "rounds": 2, "strategy": "FED_AVG",
                 "privacy": {"noise_multiplier": 3.0, "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "d",
                             "features": [{"field": "sex", "encode": "one_hot", "order": ["female", "male"]}],
                             "label": {"field": "y", "encode": "class"}},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [2]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 3}],
                           "output": "fc", "loss": "cross_entropy"}}
                """);
        assertThat(read(folder, "a"))
                .contains(
                        "12 of 15 records have a value of sex that the job's order leaves out: it is read as zeros",
                        "all labels are one and the same, as the job reads them: a model learns to say just that")
                .anyMatch(n -> n.startsWith("1 of 4 units of who have more than 1 records, the largest 12, "));
    }
}
