package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.schema.DataPackage;
import ai.coreason.enclave.sentry.schema.DataResource;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DictionaryAgreementTest {
    private static final String AGE = "{\"names\": [\"age\"], \"type\": \"number\", \"minimum\": 0, \"maximum\": 120}";
    private static final String LABEL = "{\"names\": [\"label\"], \"type\": \"string\", \"enum\": [\"no\", \"yes\"]}";

    private static FederationJob job(String feature, String label) {
        return FederationJob.parse(Json.read("""
                {"clients": ["a", "b", "c"], "min_clients": 1, "rounds": 2, "strategy": "FED_AVG",
                 "privacy": {"noise_multiplier": 3.0, "max_grad_norm": 1.0, "target_epsilon": 3.0},
                 "dataset": {"name": "heart", "features": [%s], "label": %s},
                 "training": {"optimizer": "SGD", "learning_rate": 0.5, "local_steps": 5, "batch_size": 16},
                 "model": {"format": "coreason.graph/v1",
                           "inputs": [{"name": "x", "dtype": "float32", "shape": [1]}],
                           "nodes": [{"name": "fc", "op": "linear", "in": ["x"], "out_features": 1}],
                           "output": "fc", "loss": "bce_with_logits"}}
                """.formatted(feature, label)), JobRules.inSimulation());
    }

    private static PublicDictionary dictionary(String... fields) {
        return PublicDictionary.parse(Json.read("[" + String.join(",", fields) + "]"));
    }

    private static void require(FederationJob job, String fieldsOfC) {
        DictionaryAgreement.require(
                job, node -> Optional.of(node.equals("c") ? dictionary(fieldsOfC) : dictionary(AGE, LABEL)));
    }

    private static FederationJob plain() {
        return job("{\"field\": \"age\", \"encode\": \"min_max\"}", "{\"field\": \"label\", \"encode\": \"binary\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"maximum\": 120  | \"maximum\": 1000 | dataset.features[0] age: expected the same maximum at all sites, got 120 at a, b, 1000 at c",
                "\"minimum\": 0    | \"minimum\": 0.5 | dataset.features[0] age: expected the same minimum at all sites, got 0 at a, b, 0.5 at c",
                ", \"maximum\": 120 | ''              | dataset.features[0] age: expected the same maximum at all sites, got 120 at a, b, none at c",
                "\"number\"        | \"integer\"     | dataset.features[0] age: expected the same type at all sites, got number at a, b, integer at c",
                "\"minimum\": 0    | \"minimum\": 0, \"unit\": \"months\" | dataset.features[0] age: expected the same unit at all sites, got none at a, b, months at c",
                "\"age\"           | \"Age\"         | dataset.features[0] age: expected a field of every site's dictionary, got none at c",
                "\"no\", \"yes\"   | \"yes\", \"no\" | dataset.label label: expected the same enum in the same order at all sites, got [no, yes] at a, b, [yes, no] at c",
                "\"no\", \"yes\"   | \"no\"          | dataset.label label: expected the same enum in the same order at all sites, got [no, yes] at a, b, [no] at c"
            })
    void require_oneThingThatDiffers_namesFieldAndSites(String from, String to, String message) {
        String changed = (AGE + "," + LABEL).replace(from, to);
        assertThat(changed).isNotEqualTo(AGE + "," + LABEL);
        assertThatThrownBy(() -> require(plain(), changed))
                .isInstanceOfSatisfying(
                        JobRefused.class, r -> assertThat(r.kind()).isEqualTo(JobRefused.Kind.DICTIONARY))
                .hasMessage(message);
    }

    @Test
    void require_differencesThatTheJobSettlesOrDoesNotUse_agrees() {
        String others = (AGE + "," + LABEL).replace("120", "1000").replace("\"no\", \"yes\"", "\"yes\", \"no\"");
        FederationJob settled = job(
                "{\"field\": \"age\", \"encode\": \"min_max\", \"minimum\": 0, \"maximum\": 120}",
                "{\"field\": \"label\", \"encode\": \"binary\", \"order\": [\"no\", \"yes\"]}");
        require(settled, others);
        require(plain(), AGE + "," + LABEL + ", {\"names\": [\"more\"], \"type\": \"string\"}");
    }

    /** What stands for itself means the same in another order. */
    @Test
    void require_numbersZeroAndOneInAnotherOrder_agrees() {
        FederationJob job =
                job("{\"field\": \"age\", \"encode\": \"min_max\"}", "{\"field\": \"sick\", \"encode\": \"binary\"}");
        String sick = "{\"names\": [\"sick\"], \"type\": \"integer\", \"enum\": [0, 1]}";
        DictionaryAgreement.require(
                job, node -> Optional.of(dictionary(AGE, node.equals("c") ? sick.replace("0, 1", "1, 0") : sick)));
    }

    @Test
    void require_nodeThatTellsNoDictionaryAmongOthers_isRefused() {
        assertThatThrownBy(() -> DictionaryAgreement.require(
                        plain(), node -> node.equals("b") ? Optional.empty() : Optional.of(dictionary(AGE, LABEL))))
                .isInstanceOf(JobRefused.class)
                .hasMessageContaining("got none at b");
    }

    @Test
    void require_nodesThatTellNoDictionary_agree() {
        DictionaryAgreement.require(plain(), node -> Optional.empty());
    }

    @Test
    void require_twoSitesWithOtherBounds_isRefused() throws IOException {
        assertThatThrownBy(() -> inPackage("cases/bounds-differ", "job.json"))
                .isInstanceOf(JobRefused.class)
                .hasMessage(
                        "dataset.features[0] age: expected the same maximum at all sites, got 120 at site_a, 1000 at"
                                + " site_b");
    }

    @ParameterizedTest
    @CsvSource({
        "federations/heart, job_dp.json",
        "federations/heart, job_plain.json",
        "federations/heart, job_halts.json",
        "federations/mnist, job_dp.json"
    })
    void require_federationsOfAcceptance_agree(String folder, String job) throws IOException {
        inPackage(folder, job);
    }

    private static void inPackage(String folder, String jobFile) throws IOException {
        Path data = shared(folder);
        DataPackage read = DataPackage.read(data.resolve("datapackage.json"));
        ObjectNode json = (ObjectNode) Json.read(Files.readAllBytes(data.resolve(jobFile)));
        FederationJob job = FederationJob.parse(json, JobRules.inSimulation());
        DictionaryAgreement.require(job, node -> read.resource(node).map(DataResource::dictionary));
    }

    private static Path shared(String name) {
        Path path = Path.of(System.getProperty("enclave.shared", "../shared")).resolve(name);
        if (!Files.exists(path) && "true".equals(System.getenv("CI"))) {
            fail("CI needs the acceptance data " + name);
        }
        Assumptions.assumeTrue(Files.exists(path), name + " is not here");
        return path;
    }
}
