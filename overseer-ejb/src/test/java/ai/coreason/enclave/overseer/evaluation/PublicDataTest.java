package ai.coreason.enclave.overseer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.load.MemoryPlan;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import ai.coreason.enclave.sentry.tensor.DType;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicDataTest {
    private static final long PLENTY = 1 << 28;
    private static final String COREASON = """
            "coreason": {"data_owner": "o", "dataset_id": "%s", "privacy_unit": "record", "declared_rows": 10,
                         "delta": 0.01, "epsilon_ceiling": 5.0, "public": true}""";

    @TempDir
    private Path folder;

    private static FederationJob job(String encode, String input) {
        return FederationJob.parse(Json.read("""
                {"clients": ["a"], "min_clients": 1, "rounds": 1, "strategy": "FED_AVG",
                 "privacy": {"max_grad_norm": 1.0, "target_epsilon": 1.0},
                 "training": {"learning_rate": 0.1, "local_steps": 1, "batch_size": 1},
                 "dataset": {"name": "d", "features": [{"field": "x", "encode": "%s"}],
                             "label": {"field": "y", "encode": "binary"}},
                 "model": {"format": "coreason.graph/v1", "inputs": [{"name": "x", "dtype": "float32", "shape": [%s]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """.formatted(encode, input)), JobRules.production());
    }

    private PublicData csv(String dataset, String rows) throws IOException {
        Files.writeString(folder.resolve("r.csv"), "x,y\n" + rows);
        Files.writeString(folder.resolve("datapackage.json"), """
                {"resources": [{"name": "r", "path": "r.csv", "format": "csv", "schema": {"fields": [
                   {"name": "x", "type": "number", "constraints": {"maximum": 9}},
                   {"name": "y", "type": "integer", "constraints": {"enum": [0, 1]}}]}, %s}]}
                """.formatted(COREASON.formatted(dataset)));
        return PublicData.read(folder);
    }

    private PublicData tensors() throws IOException {
        Files.write(
                folder.resolve("r.safetensors"),
                Safetensors.write(
                        Map.of(),
                        List.of(
                                Tensor.of("x", DType.U8, List.of(2L, 2L), ByteBuffer.wrap(new byte[] {1, 2, 3, 4})),
                                Tensor.of("y", DType.U8, List.of(2L), ByteBuffer.wrap(new byte[] {0, 1})))));
        Files.writeString(folder.resolve("datapackage.json"), """
                {"resources": [{"name": "r", "path": "r.safetensors", "format": "safetensors", "tensors": {
                   "x": {"dtype": "U8", "shape": [null, 2]}, "y": {"dtype": "U8", "shape": [null], "maximum": 1}}, %s}]}
                """.formatted(COREASON.formatted("d")));
        return PublicData.read(folder);
    }

    private static Encoded encoded(PublicData data, FederationJob job, long memory) throws IOException {
        DataResource resource = data.of(job).orElseThrow();
        return data.records(job, resource, memory).encoded();
    }

    @Test
    void of_resourceOfAnotherDataset_isNone() throws IOException {
        assertThat(csv("another", "1,0\n").of(job("identity", "1"))).isEmpty();
        assertThat(PublicData.none().of(job("identity", "1"))).isEmpty();
    }

    @Test
    void encoded_records_areThoseThatTrainingWouldTake() throws IOException {
        Encoded table = encoded(csv("d", "1,0\n2,1\n3,\n"), job("identity", "1"), PLENTY);
        assertThat(table.x()).containsExactly(1, 2);
        assertThat(table.targets()).containsExactly(0, 1);

        Encoded tensors = encoded(tensors(), job("tensor", "2"), PLENTY);
        assertThat(tensors.x()).containsExactly(1, 2, 3, 4);
        assertThat(tensors.count()).isEqualTo(2);
    }

    @Test
    void encoded_recordsThatCannotBeUsed_areRefusedSayingWhy() {
        assertThatThrownBy(() -> encoded(csv("d", "10,0\n"), job("identity", "1"), PLENTY))
                .hasMessageStartingWith("r.csv: expected records that obey the schema, got ");
        assertThatThrownBy(() -> encoded(csv("d", "1,\n"), job("identity", "1"), PLENTY))
                .hasMessage("r.csv: expected at least one record with a label, got none");
        assertThatThrownBy(() -> encoded(csv("d", "1,0\n"), job("identity", "2"), PLENTY))
                .hasMessageStartingWith("dataset.features: expected as many numbers as the model's input");
    }

    @Test
    void of_recordsThatWereRefused_areNotReadAgainForTheSameJob() throws IOException {
        ModelEvaluation evaluation = evaluation(csv("d", "10,0\n"), Optional.empty());
        FederationJob one = job("identity", "1");
        FederationJob two = job("identity", "2");
        String why = refusal(evaluation, one);
        String other = refusal(evaluation, two);
        assertThat(why).startsWith("r.csv: expected records that obey the schema, got ");
        assertThat(other).startsWith("dataset.features: expected as many numbers");

        Files.delete(folder.resolve("r.csv"));

        assertThat(refusal(evaluation, one)).isEqualTo(why);
        assertThat(refusal(evaluation, two)).isEqualTo(other);
    }

    private static String refusal(ModelEvaluation evaluation, FederationJob job) {
        return ((HeldOut.Refused) evaluation.of(job, "a".repeat(64)).orElseThrow()).why();
    }

    private static ModelEvaluation evaluation(PublicData data, Optional<PublicDictionary> told) {
        NodeRegistry nodes = new NodeRegistry() {
            @Override
            public Optional<PublicDictionary> dictionary(String nodeId, String datasetId) {
                return told;
            }
        };
        return new ModelEvaluation(null, new ModelMemory(new MemoryPlan(PLENTY), Duration.ofSeconds(1)), nodes, data);
    }

    private static PublicDictionary site(String maximum, String labels) {
        return PublicDictionary.parse(Json.read("""
                [{"names": ["x"], "type": "number", "maximum": %s},
                 {"names": ["y"], "type": "integer", "enum": %s}]
                """.formatted(maximum, labels)));
    }

    /** A model that trained on other units, bounds or classes would be measured without an error, and get a figure that means nothing. */
    @Test
    void of_recordsThatMeanSomethingElseThanTheSites_areRefusedNamingWhat() throws IOException {
        PublicData data = csv("d", "1,0\n");

        assertThat(refusal(evaluation(data, Optional.of(site("1000", "[0, 1]"))), job("identity", "1")))
                .startsWith("dataset.features[0] x: expected the same maximum at all sites, got ")
                .contains("1000 at a")
                .contains("9 at the Overseer's public records");
    }

    @Test
    void of_recordsThatMeanTheSame_areMeasured() throws IOException {
        ModelEvaluation evaluation = evaluation(csv("d", "1,0\n"), Optional.of(site("9", "[0, 1]")));

        assertThat(refusal(evaluation, job("identity", "1"))).isEqualTo("not measured; the Overseer's log says why");
    }

    /** A jobs's feature of which there is no value at all would be read as zeros. */
    @Test
    void records_allMissAFeature_areRefused() {
        assertThatThrownBy(() -> encoded(csv("d", ",0\n,1\n"), job("identity", "1"), PLENTY))
                .hasMessage("r.csv: expected a value of x in some record, got none in 2 records");
    }

    @Test
    void records_someAreIncomplete_haveNotes() throws IOException {
        PublicData data = csv("d", "1,0\n,0\n2,\n");
        FederationJob job = job("identity", "1");

        assertThat(data.records(job, data.of(job).orElseThrow(), PLENTY).notes())
                .containsExactlyInAnyOrder(
                        "1 of 3 records are left out, as they miss the label",
                        "1 of 3 records miss x",
                        "1 of 3 records miss y",
                        "all labels are one and the same, as the job reads them: a model learns to say just that");
    }

    @Test
    void read_twoResourcesOfOneDataset_isRefusedNamingBoth() throws IOException {
        csv("d", "1,0\n");
        Path file = folder.resolve("datapackage.json");
        ObjectNode described = (ObjectNode) Json.read(Files.readAllBytes(file));
        ArrayNode resources = (ArrayNode) described.get("resources");
        resources.add(resources.get(0).deepCopy());
        ((ObjectNode) resources.get(1)).put("name", "again").put("path", "again.csv");
        Files.write(file, Json.write(described));
        Files.copy(folder.resolve("r.csv"), folder.resolve("again.csv"));

        assertThatThrownBy(() -> PublicData.read(folder))
                .hasMessageStartingWith("resources: expected one resource of each dataset")
                .hasMessageEndingWith("got r and again of d");
    }

    /** Or one file of an operator would end the Overseer, again and again. */
    @Test
    void encoded_moreThanTheMemory_isRefusedBeforeItIsRead() throws IOException {
        PublicData tensors = tensors();
        long file = Files.size(folder.resolve("r.safetensors"));

        assertThatThrownBy(() -> encoded(tensors, job("tensor", "2"), 12 * file - 1))
                .hasMessageStartingWith("r.safetensors: expected at most " + (12 * file - 1) / 12 + " bytes, as this");
        assertThat(encoded(tensors, job("tensor", "2"), 12 * file).count()).isEqualTo(2);
        assertThatThrownBy(() -> encoded(csv("d", "1,0\n".repeat(40)), job("identity", "1"), 24 * 30))
                .hasMessageStartingWith("dataset: expected at most 30 numbers in all");
    }
}
