package ai.coreason.enclave.overseer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
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
                "\"age\"           | \"Age\"         | dataset.features[0] age: expected a field of every site's dictionary, got none at c; age looks like Age, but with other spaces or letters of another case",
                "\"number\"        | \"number\", \"missing\": [-9] | dataset.features[0] age: expected the same numbers for a missing value at all sites, got none at a, b, [-9] at c",
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
                "{\"field\": \"age\", \"encode\": \"min_max\", \"minimum\": 0, \"maximum\": 1000}",
                "{\"field\": \"label\", \"encode\": \"binary\", \"order\": [\"no\", \"yes\"]}");
        require(settled, others);
        require(plain(), AGE + "," + LABEL + ", {\"names\": [\"more\"], \"type\": \"string\"}");
    }

    /** An order that lacks a site's values reads all of them as zeros; the dictionaries alone say so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "one_hot | [\"female\", \"male\"] | 'F', 'M' | expected an order of all values of each site's enum, got one without [F, M] at c",
                "one_hot | [\"female\"] | 'female', 'male' | expected an order of all values of each site's enum, got one without [male] at a, b, c",
                "binary | [\"female\", \"male\"] | 'female', 'male', 'x' | expected an order of all values of each site's enum, got one without [x] at c",
                "one_hot | [\"female\", \"male\", \"Male\"] | 'male ' | expected an order of all values of each site's enum, got one without [male ] at c; male  looks like male, but with other spaces or letters of another case",
                "one_hot | [\"female\", \"male\"] | '' | expected an enum at all sites for the order to go by, got none at c",
                "one_hot | [\"female\", \"male\", \"x\"] | 'female', 'x' | ''",
                "one_hot | [\"male\", \"female\"] | 'female' | ''"
            },
            quoteCharacter = '~')
    void require_orderThatLeavesOutWhatASiteHas_namesValuesAndSites(
            String encode, String order, String ofC, String message) {
        String feature = "{\"field\": \"sex\", \"encode\": \"%s\", \"order\": %s}".formatted(encode, order);
        String sex = "{\"names\": [\"sex\"], \"type\": \"string\", \"enum\": [%s]}";
        String others = LABEL + "," + sex.formatted("\"female\", \"male\"");
        String c = LABEL + ","
                + sex.formatted(ofC.equals("''") ? "" : ofC.replace('\'', '"')).replace(", \"enum\": []", "");
        FederationJob job = job(feature, "{\"field\": \"label\", \"encode\": \"binary\"}");
        agrees(job, others, c, message.equals("''") ? "" : "dataset.features[0] sex: " + message);
    }

    /** Bounds of the job's own settle nothing where a site counts on another scale. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 120 | 0 | 1440 | expected bounds within the job's 0 to 120, or the same at all sites, got 0 to 120 at a, b, 0 to 1440 at c",
                "10 | 90 | 0 | 120 | ''",
                "0 | 1440 | 0 | 1440 | ''",
                "0 | 1000 | 0 | '' | expected bounds within the job's 0 to 1000, or the same at all sites, got 0 to 120 at a, b, 0 to none at c",
                "120 | 200 | 0 | 120 | expected bounds that have numbers in common with the job's 120 to 200, got 0 to 120 at a, b, c"
            },
            quoteCharacter = '~')
    void require_boundsThatDoNotGoWithTheSites_namesThem(
            double least, double most, String leastOfC, String mostOfC, String message) {
        for (String encode : new String[] {"min_max", "identity", "standardise\", \"mean\": 1, \"std\": \"2"}) {
            String feature = "{\"field\": \"age\", \"encode\": \"%s\", \"minimum\": %s, \"maximum\": %s}"
                    .formatted(encode, least, most)
                    .replace("\"2\"", "2");
            String c = AGE.replace("\"minimum\": 0", "\"minimum\": " + leastOfC)
                    .replace(", \"maximum\": 120", mostOfC.equals("''") ? "" : ", \"maximum\": " + mostOfC);
            FederationJob job = job(feature, "{\"field\": \"label\", \"encode\": \"binary\"}");
            agrees(
                    job,
                    AGE + "," + LABEL,
                    c + "," + LABEL,
                    message.equals("''") ? "" : "dataset.features[0] age: " + message);
        }
    }

    private static void agrees(FederationJob job, String fields, String fieldsOfC, String message) {
        Runnable required = () -> DictionaryAgreement.require(
                job, node -> Optional.of(dictionary(node.equals("c") ? fieldsOfC : fields)));
        if (message.isEmpty()) {
            required.run();
        } else {
            assertThatThrownBy(required::run).isInstanceOf(JobRefused.class).hasMessage(message);
        }
    }

    /** Letters that look the same in a message are told apart in words. */
    @Test
    void require_enumsInOtherUnicodeForms_saysHowTheyDiffer() {
        String composed = LABEL.replace("no", "K\u00f6ln");
        FederationJob job =
                job("{\"field\": \"age\", \"encode\": \"min_max\"}", "{\"field\": \"label\", \"encode\": \"binary\"}");
        agrees(
                job,
                AGE + "," + composed,
                AGE + "," + LABEL.replace("no", "Ko\u0308ln"),
                "dataset.label label: expected the same enum in the same order at all sites, got [K\u00f6ln, yes] at a, b,"
                        + " [Ko\u0308ln, yes] at c; K\u00f6ln looks like Ko\u0308ln, but with letters in another Unicode form (one"
                        + " precomposed, the other letter and mark): save both as NFC");
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
