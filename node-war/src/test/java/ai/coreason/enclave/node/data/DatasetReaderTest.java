package ai.coreason.enclave.node.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.copies.SamplePrints;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import ai.coreason.enclave.sentry.data.encode.TableEncoder;
import ai.coreason.enclave.sentry.data.encode.TensorEncoder;
import ai.coreason.enclave.sentry.data.format.CsvTable;
import ai.coreason.enclave.sentry.data.format.TableReader;
import ai.coreason.enclave.sentry.data.format.TensorReader;
import ai.coreason.enclave.sentry.data.schema.Rule;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import ai.coreason.enclave.sentry.tensor.DType;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetReaderTest {
    private static final String HEADER = "age,bp,grade,smoker,label\n";

    private static final String X = "{\"dtype\": \"U8\", \"shape\": [null, 4]}";
    private static final String Y = "{\"dtype\": \"U8\", \"shape\": [null], \"maximum\": 1}";

    @TempDir
    Path folder;

    private static Path shared(String name) {
        Path path = Path.of(System.getProperty("enclave.shared", "../shared")).resolve(name);
        if (!Files.exists(path) && "true".equals(System.getenv("CI"))) {
            fail("CI needs the acceptance data " + name);
        }
        Assumptions.assumeTrue(Files.exists(path), name + " is not here");
        return path;
    }

    private DataPackage data(String csv, String unit) throws IOException {
        Files.writeString(folder.resolve("a.csv"), csv);
        String json = """
                {"resources": [{"name": "node_a", "path": "a.csv", "format": "csv",
                  "schema": {"fields": [
                    {"name": "age", "type": "number", "constraints": {"minimum": 20, "maximum": 120}},
                    {"name": "bp", "type": "number"},
                    {"name": "grade", "type": "string", "constraints": {"enum": ["low", "mid", "high"]}},
                    {"name": "smoker", "type": "boolean"},
                    {"name": "label", "type": "string", "constraints": {"enum": ["no", "yes"]}}]},
                  "coreason": {"data_owner": "o", "dataset_id": "d", "privacy_unit": %s,
                               "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(unit);
        return DataPackage.read(Files.writeString(folder.resolve("datapackage.json"), json));
    }

    private DataPackage data(String csv) throws IOException {
        return data(csv, "\"record\"");
    }

    private static ObjectNode jobJson(int inputs, int outputs, String loss, String label, String... features) {
        return (ObjectNode) Json.read("""
                {"clients": ["node_a"], "min_clients": 1, "rounds": 1, "strategy": "FED_AVG",
                 "privacy": {"noise_multiplier": 1.0, "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "d", "features": [%s], "label": %s},
                 "training": {"optimizer": "SGD", "learning_rate": 0.1, "local_steps": 1, "batch_size": 8},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [%d]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": %d}],
                           "output": "fc", "loss": "%s"}}
                """.formatted(String.join(",", features), label, inputs, outputs, loss));
    }

    private static FederationJob job(int inputs, int outputs, String loss, String label, String... features) {
        return FederationJob.parse(jobJson(inputs, outputs, loss, label, features), JobRules.production());
    }

    private static String field(String name, String encode) {
        return "{\"field\": \"%s\", \"encode\": \"%s\"}".formatted(name, encode);
    }

    private static Encoded encode(DataPackage data, FederationJob job) throws IOException {
        DataResource resource = data.resources().get(0);
        CsvTable table = (CsvTable) resource.format();
        TableEncoder encoder = new TableEncoder(job, table.schema(), PrivacyUnit.RECORD, 100);
        TableReader.read(data.file(resource), table, encoder::row);
        return encoder.encoded();
    }

    private static Encoded encoded(TensorEncoder encoder, Safetensors file) {
        encoder.tensors(file);
        return encoder.encoded();
    }

    private static Reading read(DataPackage data, DataResource resource, FederationJob job) throws IOException {
        return DatasetReader.of(data, resource, job).read(SamplePrints.of(resource));
    }

    private static Reading read(DataPackage data, FederationJob job) throws IOException {
        return read(data, data.resources().get(0), job);
    }

    @Test
    void encode_everyColumnEncoding_givesItsNumbersInTheJobsOrder() throws Exception {
        FederationJob job = job(
                6,
                1,
                "bce_with_logits",
                field("label", "binary"),
                field("grade", "one_hot"),
                field("age", "min_max"),
                "{\"field\": \"bp\", \"encode\": \"standardise\", \"mean\": 130, \"std\": 20}",
                field("smoker", "identity"));
        Encoded encoded = encode(data(HEADER + "70,150,mid,true,yes\n20,110,high,false,no\n"), job);
        assertThat(encoded.shape()).containsExactly(6);
        assertThat(encoded.x()).containsExactly(0, 1, 0, 0.5f, 1, 1, 0, 0, 1, 0, -1, 0);
        assertThat(encoded.targets()).containsExactly(1, 0);
        assertThat(encoded.classes()).isNull();
    }

    @Test
    void encode_classLabel_isItsPlaceInTheEnum() throws Exception {
        FederationJob job = job(1, 3, "cross_entropy", field("grade", "class"), field("bp", "identity"));
        Encoded encoded = encode(data(HEADER + "70,1,high,1,yes\n70,2,low,1,yes\n"), job);
        assertThat(encoded.classes()).containsExactly(2, 0);
        assertThat(encoded.x()).containsExactly(1, 2);
    }

    @Test
    void read_recordsThatObey_isReadyWithTheirCount() throws Exception {
        FederationJob job = job(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        assertThat(read(data(HEADER + "70,1,,,\n71,2,,,\n72,3,,,\n"), job))
                .isInstanceOfSatisfying(
                        Reading.Ready.class,
                        r -> assertThat(r.examples().count()).isEqualTo(3));
    }

    @Test
    void read_valueThatBreaksTheSchema_isRefusedWithColumnAndCount() throws Exception {
        FederationJob job = job(1, 1, "mse", field("bp", "identity"), field("age", "min_max"));
        assertThat(read(data(HEADER + "19,1,,,\n18,2,,,\n72,3,,,\n"), job))
                .isInstanceOfSatisfying(
                        Reading.Refused.class,
                        r -> assertThat(r.findings().violations()).isEqualTo(Map.of("age", Map.of(Rule.MINIMUM, 2L))));
    }

    /** Which columns miss values is no job's to learn, so none is refused for the columns that it names. */
    @Test
    void encode_missingValues_areZerosAndWithoutALabelNoRecord() throws Exception {
        FederationJob job = job(
                5,
                1,
                "mse",
                field("age", "identity"),
                field("bp", "identity"),
                field("grade", "one_hot"),
                field("smoker", "binary"));
        DataPackage data = data(HEADER + "70,,,,\n,1,low,true,\n50,2,mid,,\n");
        Encoded encoded = encode(data, job);
        assertThat(encoded.targets()).containsExactly(70, 50);
        assertThat(encoded.x()).containsExactly(0, 0, 0, 0, 0, 2, 0, 1, 0, 0);
        assertThat(read(data, job))
                .isInstanceOfSatisfying(
                        Reading.Ready.class,
                        r -> assertThat(r.findings().missing())
                                .isEqualTo(Map.of("age", 1L, "bp", 1L, "grade", 1L, "label", 3L, "smoker", 2L)));
    }

    @Test
    void read_unitMissing_isRefusedWhateverTheJobUses() throws Exception {
        DataPackage data = data(HEADER + "70,,,,\n71,3,low,,\n", "{\"column\": \"grade\", \"max_records\": 2}");
        assertThat(read(data, job(1, 1, "mse", field("age", "identity"), field("smoker", "identity"))))
                .isInstanceOfSatisfying(
                        Reading.Refused.class, r -> assertThat(r.unnamed()).isEqualTo(1));
    }

    @Test
    void read_emptyTable_isReadyWithNone() throws Exception {
        FederationJob job = job(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        assertThat(read(data(HEADER), job))
                .isInstanceOfSatisfying(
                        Reading.Ready.class,
                        r -> assertThat(r.examples().count()).isZero());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "2 | 1 | mse | age:identity | bp:identity | dataset.features: expected as many numbers as the model's "
                        + "input x [2] takes, got 1",
                "2 | 1 | mse | age:identity | grade:one_hot | dataset.features: expected as many numbers as the model's "
                        + "input x [2] takes, got 3",
                "1 | 1 | mse | age:identity | nil:identity | dataset.features[0].field: expected a field of the local "
                        + "schema, got nil",
                "1 | 1 | mse | age:identity | grade:identity | dataset.features[0].encode: expected the local schema of "
                        + "grade to have a type of number, integer or boolean, got a schema without",
                "1 | 1 | mse | age:identity | bp:min_max | dataset.features[0].encode: expected the local schema of bp "
                        + "to have a minimum and a maximum, got a schema without",
                "1 | 1 | mse | age:identity | bp:one_hot | dataset.features[0].encode: expected the local schema of bp "
                        + "to have an enum, got a schema without",
                "1 | 1 | bce_with_logits | age:binary | bp:identity | dataset.label.encode: expected the local schema of "
                        + "age to have the enum [0, 1], got a schema without",
                "1 | 1 | bce_with_logits | grade:binary | bp:identity | dataset.label.encode: expected the local schema "
                        + "of grade to have an enum of two values, got a schema without",
                "1 | 2 | cross_entropy | grade:class | bp:identity | dataset.label: expected at most 2 classes, as the "
                        + "model's output, got 3 in the schema",
                "1 | 2 | mse | age:identity | bp:identity | dataset.label: expected 2 numbers for each example, as the "
                        + "model's output, got 1",
                "1 | 1 | mse | age:identity | bp:tensor | dataset.features[0].encode: expected an encoding of a column: "
                        + "the data is a table, got tensor"
            })
    void read_jobThatTheSchemaOrModelDoesNotFit_namesBothSides(
            int inputs, int outputs, String loss, String label, String feature, String message) throws Exception {
        String[] l = label.split(":");
        String[] f = feature.split(":");
        FederationJob job = job(inputs, outputs, loss, field(l[0], l[1]), field(f[0], f[1]));
        DataPackage data = data(HEADER);
        assertThatThrownBy(() -> read(data, job))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(message);
    }

    @Test
    void read_otherDataset_isRefused() throws Exception {
        ObjectNode other = jobJson(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        ((ObjectNode) other.get("dataset")).put("name", "e");
        DataPackage data = data(HEADER);
        assertThatThrownBy(() -> read(data, FederationJob.parse(other, JobRules.production())))
                .hasMessage("dataset.name: expected the dataset d of resource node_a, got e");
    }

    @Test
    void read_unitColumn_groupsRecordsOfOneValue() throws Exception {
        DataPackage grouped = data(
                HEADER + "50,120,low,,\n60,130,mid,,\n70,120.0,low,,\n", "{\"column\": \"grade\", \"max_records\": 2}");
        FederationJob job = job(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));

        Reading reading = read(grouped, job);

        assertThat(reading).isInstanceOf(Reading.Ready.class);
        assertThat(((Reading.Ready) reading).examples().count()).isEqualTo(3);
        assertThat(((Reading.Ready) reading).examples().units()).isEqualTo(2);
    }

    @Test
    void encode_numberBeyondFloat_isItsEndWhateverTheJobsNumbersAre() throws Exception {
        DataPackage data = data(HEADER + "70,1e300,,,\n70,-1e300,,,\n70,3,,,\n");
        String standardise = "{\"field\": \"bp\", \"encode\": \"standardise\", \"mean\": %s, \"std\": %s}";
        float[] ends = {Float.MAX_VALUE, -Float.MAX_VALUE};
        FederationJob identity = job(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        assertThat(encode(data, identity).x()).containsExactly(ends[0], ends[1], 3);
        for (String[] numbers : new String[][] {{"-1.7e308", "1.2e-38"}, {"1.7e308", "1.2e-38"}, {"0", "1.2e-38"}}) {
            FederationJob job = job(1, 1, "mse", field("age", "min_max"), standardise.formatted((Object[]) numbers));
            for (float x : encode(data, job).x()) {
                assertThat(Float.isFinite(x)).isTrue();
            }
            assertThat(read(data, job)).isInstanceOf(Reading.Ready.class);
        }
    }

    @Test
    void encode_jobsOwnBounds_areTheEndsOfWhatTheyLeaveOut() throws Exception {
        DataPackage data = data(HEADER + "20,,,,\n50,,,,\n120,,,,\n");
        String own = "{\"field\": \"age\", \"encode\": \"min_max\", \"minimum\": 40, \"maximum\": 60}";
        String wide = "{\"field\": \"age\", \"encode\": \"min_max\", \"minimum\": -1.7e308, \"maximum\": 1.7e308}";
        assertThat(encode(data, job(1, 1, "mse", field("age", "identity"), own)).x())
                .containsExactly(0, 0.5f, 1);
        assertThat(encode(data, job(1, 1, "mse", field("age", "identity"), wide))
                        .x())
                .containsExactly(0.5f, 0.5f, 0.5f);
    }

    @Test
    void encode_jobsOwnOrder_placesItsValues() throws Exception {
        DataPackage data = data(HEADER + "20,,high,true,yes\n20,,low,false,no\n20,,mid,true,yes\n");
        String grade =
                "{\"field\": \"grade\", \"encode\": \"one_hot\", \"order\": [\"high\", \"low\", \"mid\", \"none\"]}";
        String smoker = "{\"field\": \"smoker\", \"encode\": \"one_hot\", \"order\": [true, false]}";
        String label = "{\"field\": \"label\", \"encode\": \"binary\", \"order\": [\"yes\", \"no\"]}";
        Encoded encoded = encode(data, job(6, 1, "bce_with_logits", label, grade, smoker));
        assertThat(encoded.x()).containsExactly(1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0);
        assertThat(encoded.targets()).containsExactly(0, 1, 0);
    }

    @Test
    void of_orderThatLeavesOutALabelOfTheDictionary_isRefused() throws Exception {
        DataPackage data = data(HEADER);
        String label = "{\"field\": \"grade\", \"encode\": \"class\", \"order\": [\"high\", \"low\"]}";
        FederationJob job = job(1, 2, "cross_entropy", label, field("bp", "identity"));
        assertThatThrownBy(() -> read(data, job))
                .hasMessage("dataset.label.order: expected all values of the enum that the local schema of grade has to"
                        + " have, got others");
    }

    @Test
    void encode_modelThatTakesWholeNumbers_getsTheNearestThatItHas() throws Exception {
        DataPackage data = data(HEADER + "70,-3,,,\n70,2.6,,,\n70,1e300,,,\n");
        ObjectNode json = jobJson(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        ((ObjectNode) json.get("model")).set("nodes", Json.read("""
                [{"name": "e", "op": "embedding", "in": ["x"], "num_embeddings": 5, "embedding_dim": 2},
                 {"name": "f", "op": "flatten", "in": ["e"]},
                 {"name": "fc", "op": "linear", "in": ["f"], "out_features": 1}]
                """));
        ((ObjectNode) json.at("/model/inputs/0")).put("dtype", "int64");
        assertThat(encode(data, FederationJob.parse(json, JobRules.production()))
                        .x())
                .containsExactly(0, 3, 4);
    }

    @Test
    void of_moreNumbersThanDeclaredRowsCanHold_isRefusedBeforeTheDataIsRead() throws Exception {
        DataPackage data = data(HEADER);
        CsvTable table = (CsvTable) data.resources().get(0).format();
        FederationJob job = job(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        assertThatThrownBy(() -> new TableEncoder(job, table.schema(), PrivacyUnit.RECORD, 3_000_000_000L))
                .hasMessageStartingWith(
                        "dataset.features: expected at most 0 numbers for each of 3000000000 declared rows");
    }

    @Test
    void add_moreNumbersThanTheHeapHolds_isRefusedBeforeMemoryEnds() throws Exception {
        DataPackage data = data(HEADER + "70,1,,,\n".repeat(201));
        CsvTable table = (CsvTable) data.resources().get(0).format();
        FederationJob job = job(1, 1, "mse", field("age", "min_max"), field("bp", "identity"));
        assertThatThrownBy(() -> new TableEncoder(job, table.schema(), PrivacyUnit.RECORD, 101, 24 * 200))
                .hasMessageStartingWith("dataset.features: expected at most 0 numbers for each of 101 declared rows");

        TableEncoder encoder = new TableEncoder(job, table.schema(), PrivacyUnit.RECORD, 100, 24 * 200);

        assertThatThrownBy(() -> TableReader.read(data.file(data.resources().get(0)), table, encoder::row))
                .hasMessageStartingWith("dataset: expected at most 200 numbers in all");
    }

    @ParameterizedTest
    @CsvSource({"node_cleveland, 199", "node_hungarian, 172", "node_switzerland, 30", "node_va, 85"})
    void read_heartFederation_isReadyAtEveryNode(String node, int declared) throws Exception {
        DataPackage data = DataPackage.read(shared("federations/heart/datapackage.json"));
        FederationJob job = FederationJob.parse(
                Json.read(Files.readAllBytes(shared("federations/heart/job_dp.json"))), JobRules.production());
        Reading reading = read(data, data.resource(node).orElseThrow(), job);
        assertThat(reading)
                .isInstanceOfSatisfying(
                        Reading.Ready.class,
                        r -> assertThat(r.examples().count()).isEqualTo(declared));
    }

    @ParameterizedTest
    @ValueSource(strings = {"node_1", "node_4"})
    void read_mnistFederation_isScaledToUnit(String node) throws Exception {
        DataPackage data = DataPackage.read(shared("federations/mnist/datapackage.json"));
        FederationJob job = FederationJob.parse(
                Json.read(Files.readAllBytes(shared("federations/mnist/job_dp.json"))), JobRules.production());
        DataResource resource = data.resource(node).orElseThrow();
        Tensors tensors = (Tensors) resource.format().layout();
        Encoded encoded = encoded(
                new TensorEncoder(job, tensors, PrivacyUnit.RECORD),
                TensorReader.read(data.file(resource), tensors).file());
        float greatest = 0;
        for (float v : encoded.x()) {
            greatest = Math.max(greatest, v);
        }
        assertThat(greatest).isEqualTo(1f);
        assertThat(encoded.classes()).contains(0, 9).hasSize(encoded.x().length / 784);
        assertThat(read(data, resource, job)).isInstanceOf(Reading.Ready.class);
    }

    /** One 2x2 image and its label, described by these schemas of x and y. */
    private DataPackage tensorData(String x, String y) throws IOException {
        ByteBuffer image = ByteBuffer.wrap(new byte[] {0, 1, 2, (byte) 255});
        Tensor labels = Tensor.of("y", DType.U8, List.of(1L), ByteBuffer.wrap(new byte[] {1}));
        Files.write(
                folder.resolve("a.safetensors"),
                Safetensors.write(Map.of(), List.of(Tensor.of("x", DType.U8, List.of(1L, 4L), image), labels)));
        String json = """
                {"resources": [{"name": "node_a", "path": "a.safetensors", "format": "safetensors",
                  "tensors": {"x": %s, "y": %s},
                  "coreason": {"data_owner": "o", "dataset_id": "d", "privacy_unit": "record",
                               "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(x, y);
        return DataPackage.read(Files.writeString(folder.resolve("datapackage.json"), json));
    }

    @Test
    void encode_tensors_areScaledAndClassesStand() throws Exception {
        DataPackage data = tensorData(X, Y);
        Tensors schema = (Tensors) data.resources().get(0).format().layout();
        String x = "{\"field\": \"x\", \"encode\": \"tensor\", \"scale\": 0.5}";
        Safetensors file =
                TensorReader.read(data.file(data.resources().get(0)), schema).file();
        Encoded classes = encoded(
                new TensorEncoder(job(4, 2, "cross_entropy", field("y", "class"), x), schema, PrivacyUnit.RECORD),
                file);
        assertThat(classes.x()).containsExactly(0, 0.5f, 1, 127.5f);
        assertThat(classes.classes()).containsExactly(1);
        Encoded numbers = encoded(
                new TensorEncoder(job(4, 1, "bce_with_logits", field("y", "binary"), x), schema, PrivacyUnit.RECORD),
                file);
        assertThat(numbers.targets()).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "3 | 2 | y | class | x | 1 | dataset.features[0]: expected examples of the model's input x [3], got [4]",
                "4 | 2 | y | class | z | 1 | dataset.features[0].field: expected a tensor of the local schema, got z",
                "4 | 2 | z | class | x | 1 | dataset.label.field: expected a tensor of the local schema, got z",
                "4 | 2 | y | class | x | 2 | dataset.label: expected at most 2 classes, as the model's output, got 3 in the "
                        + "schema"
            })
    void read_tensorsThatTheJobDoesNotFit_namesBothSides(
            int inputs, int outputs, String label, String encode, String feature, int maximum, String message)
            throws Exception {
        DataPackage data = tensorData(X, Y.replace("\"maximum\": 1", "\"maximum\": " + maximum));
        FederationJob job = job(inputs, outputs, "cross_entropy", field(label, encode), field(feature, "tensor"));
        assertThatThrownBy(() -> read(data, job))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(message);
    }

    @Test
    void read_classesThatTheSchemaDoesNotBound_isRefusedBeforeTheDataIsRead() throws Exception {
        DataPackage data = tensorData(X, "{\"dtype\": \"U8\", \"shape\": [null]}");
        FederationJob job = job(4, 2, "cross_entropy", field("y", "class"), field("x", "tensor"));
        assertThatThrownBy(() -> read(data, job))
                .hasMessageStartingWith("dataset.label.encode: expected the local schema of the label to promise");
    }

    @Test
    void of_boundsThatMakeAllLabelsOfATensorOne_isRefused() throws Exception {
        String label = "{\"field\": \"y\", \"encode\": \"min_max\", \"minimum\": 1, \"maximum\": 2}";
        FederationJob job = job(4, 1, "mse", label, field("x", "tensor"));
        assertThatThrownBy(() -> read(tensorData(X, Y), job))
                .hasMessage("dataset.label.minimum: expected bounds that have numbers in common with those of the local"
                        + " schema of y, got 1.0 to 2.0");
    }

    @Test
    void read_tensorOutOfItsBounds_isRefusedWithItsCount() throws Exception {
        DataPackage data = tensorData(X.replace("]", "], \"maximum\": 254"), Y);
        FederationJob job = job(4, 2, "cross_entropy", field("y", "class"), field("x", "tensor"));
        assertThat(read(data, job))
                .isInstanceOfSatisfying(
                        Reading.Refused.class,
                        r -> assertThat(r.findings().violations()).isEqualTo(Map.of("x", Map.of(Rule.MAXIMUM, 1L))));
    }

    /** Three images, their labels, and whose they are. */
    private DataPackage unitData(int units, long... unit) throws IOException {
        ByteBuffer numbers = ByteBuffer.allocate(8 * unit.length).order(ByteOrder.LITTLE_ENDIAN);
        numbers.asLongBuffer().put(unit);
        Files.write(
                folder.resolve("a.safetensors"),
                Safetensors.write(
                        Map.of(),
                        List.of(
                                Tensor.of("x", DType.U8, List.of(3L, 4L), ByteBuffer.wrap(new byte[12])),
                                Tensor.of("y", DType.U8, List.of(3L), ByteBuffer.wrap(new byte[3])),
                                Tensor.of("who", DType.I64, List.of((long) unit.length), numbers))));
        String json = """
                {"resources": [{"name": "node_a", "path": "a.safetensors", "format": "safetensors",
                  "tensors": {"x": %s, "y": %s, "who": {"dtype": "I64", "shape": [null]}},
                  "coreason": {"data_owner": "o", "dataset_id": "d",
                               "privacy_unit": {"column": "who", "max_records": %d},
                               "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(X, Y, units);
        return DataPackage.read(Files.writeString(folder.resolve("datapackage.json"), json));
    }

    @Test
    void read_unitTensor_groupsExamplesOfOneNumber() throws Exception {
        FederationJob job = job(4, 2, "cross_entropy", field("y", "class"), field("x", "tensor"));
        long beyondDouble = (1L << 53) + 1;
        assertThat(read(unitData(2, beyondDouble, beyondDouble - 1, beyondDouble), job))
                .isInstanceOfSatisfying(Reading.Ready.class, r -> {
                    assertThat(r.examples().count()).isEqualTo(3);
                    assertThat(r.examples().units()).isEqualTo(2);
                });
    }

    @Test
    void read_unitTensorOfAnotherLength_isRefused() throws Exception {
        FederationJob job = job(4, 2, "cross_entropy", field("y", "class"), field("x", "tensor"));
        assertThat(read(unitData(2, 1, 1), job))
                .isInstanceOfSatisfying(
                        Reading.Refused.class,
                        r -> assertThat(r.findings().violations()).isEqualTo(Map.of("who", Map.of(Rule.SHAPE, 1L))));
    }

    @Test
    void read_unitTensorAsInputOrLabel_isRefused() throws Exception {
        DataPackage data = unitData(2, 1, 1, 2);
        FederationJob input = job(4, 2, "cross_entropy", field("y", "class"), field("who", "tensor"));
        assertThatThrownBy(() -> read(data, input))
                .hasMessage(
                        "dataset.features[0].field: expected another field than the one that says whose a record is,"
                                + " got who");
        FederationJob label = job(4, 2, "cross_entropy", field("who", "class"), field("x", "tensor"));
        assertThatThrownBy(() -> read(data, label))
                .hasMessage("dataset.label.field: expected another field than the one that says whose a record is, got"
                        + " who");
    }

    @Test
    void read_fhirPatientAsInput_isRefused() throws Exception {
        Files.writeString(folder.resolve("a.ndjson"), "");
        String json = """
                {"resources": [{"name": "node_a", "path": "a.ndjson", "format": "fhir",
                  "schema": {"fields": [{"name": "age", "type": "number"}]},
                  "fhir": {"resource": "Observation", "columns": {"age": "$.resource.valueQuantity.value"}},
                  "coreason": {"data_owner": "o", "dataset_id": "d",
                               "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """;
        DataPackage data = DataPackage.read(Files.writeString(folder.resolve("datapackage.json"), json));
        for (String encode : new String[] {"identity", "one_hot", "standardise"}) {
            FederationJob job = job(
                    1,
                    1,
                    "mse",
                    field("age", "identity"),
                    field("patient", encode)
                            .replace("\"standardise\"", "\"standardise\", \"mean\": 0, \"std\": 1")
                            .replace("\"one_hot\"", "\"one_hot\", \"order\": [\"p1\"]"));
            assertThatThrownBy(() -> read(data, job))
                    .isInstanceOf(InvalidDocument.class)
                    .hasMessage(
                            "dataset.features[0].field: expected another field than the one that says whose a record"
                                    + " is, got patient");
        }
    }
}
