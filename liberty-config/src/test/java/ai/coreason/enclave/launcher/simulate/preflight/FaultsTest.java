package ai.coreason.enclave.launcher.simulate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsTest {
    private final Faults jobs = new Faults(d -> FederationJob.parse(d, JobRules.inSimulation()), Samples.job());

    @TempDir
    private Path folder;

    private ObjectNode job;
    private JsonNode dataPackage;

    @BeforeEach
    void write() throws IOException {
        SyntheticHospitals.write(folder, 1);
        job = (ObjectNode) Json.read(Files.readAllBytes(folder.resolve("job.json")));
        dataPackage = Json.read(Files.readAllBytes(folder.resolve("datapackage.json")));
    }

    private ObjectNode in(String pointer) {
        return (ObjectNode) job.at(pointer);
    }

    private static List<String> fields(Faults.Found found) {
        return fields(found.faults());
    }

    private static List<String> fields(List<InvalidDocument> faults) {
        return faults.stream().map(InvalidDocument::field).toList();
    }

    @Test
    void of_documentThatIsTaken_isEmpty() {
        assertThat(jobs.of(job)).isEqualTo(new Faults.Found(List.of(), true));
    }

    @Test
    void of_wrongMissingAndUnknownMembers_areToldTogetherWithTheReadersOwnWords() {
        job.put("rounds", 0).put("min_clients", 5).put("colour", "red").remove("strategy");
        in("/privacy").put("max_grad_norm", -1).put("lerning_rate", 1).remove("target_epsilon");
        in("/dataset/features/3").put("encode", "log");
        in("/training").put("momentum", 1.5).remove("local_steps");

        List<InvalidDocument> faults = jobs.of(job).faults();

        assertThat(fields(faults))
                .containsExactlyInAnyOrder(
                        "min_clients",
                        "rounds",
                        "strategy",
                        "privacy.max_grad_norm",
                        "privacy.target_epsilon",
                        "privacy.lerning_rate",
                        "dataset.features[3].encode",
                        "training.local_steps",
                        "training.momentum",
                        "colour");
        assertThat(faults)
                .extracting(InvalidDocument::getMessage)
                .contains("rounds: expected a whole number in [1, 100000], got 0");
    }

    @Test
    void of_emptyObject_namesEveryRequiredMember() {
        assertThat(fields(jobs.of(Json.object())))
                .containsExactly(
                        "clients", "min_clients", "rounds", "strategy", "privacy", "dataset", "training", "model");
    }

    /** A sample of another loss would be at odds with the label: that is the sample's fault, not the job's. */
    @Test
    void of_missingLoss_isOneFaultWhateverTheLabelIs() {
        for (String encode : List.of("binary", "class", "identity")) {
            ObjectNode label = in("/dataset/label");
            label.put("encode", encode);
            in("/model").remove("loss");
            in("/model/nodes/0").put("out_features", 2);

            assertThat(fields(jobs.of(job))).as(encode).containsExactly("model.loss");
        }
    }

    @Test
    void of_missingLoss_listsTheLosses() {
        in("/model").remove("loss");

        assertThat(jobs.of(job).faults().get(0))
                .hasMessage("model.loss: expected one of cross_entropy, bce_with_logits, mse, got nothing");
    }

    @Test
    void of_labelAtOddsWithLoss_isOneFault() {
        in("/dataset/label").put("encode", "class");

        assertThat(fields(jobs.of(job))).containsExactly("dataset.label.encode");
    }

    @Test
    void of_faultThatNothingMends_isToldWithThoseBeforeIt() {
        Faults stubborn = new Faults(
                d -> {
                    if (d.has("rounds")) {
                        throw InvalidDocument.unknown("rounds");
                    }
                    throw InvalidDocument.at("", "a miracle", "none");
                },
                Samples.job());

        assertThat(fields(stubborn.of(job))).containsExactly("rounds", "");
    }

    /** Mended by another sample, the members that only the right one has would look unknown. */
    @Test
    void of_misspeltEncodings_areAFaultEach() {
        for (int i = 0; i < 12; i++) {
            in("/dataset/features/" + i)
                    .put("encode", "standardize")
                    .put("mean", 1)
                    .put("std", 2);
        }

        Faults.Found found = jobs.of(job);

        assertThat(fields(found)).hasSize(12).allMatch(f -> f.endsWith(".encode"));
    }

    @Test
    void of_misspeltTypesInEveryResource_areAFaultEach() {
        for (int i = 0; i < 4; i++) {
            ((ObjectNode) dataPackage.at("/resources/" + i + "/schema/fields/0")).put("type", "int");
            ((ObjectNode) dataPackage.at("/resources/" + i + "/schema/fields/1")).put("type", "float");
        }

        Faults.Found found = new Faults(d -> DataPackage.parse(d, folder), Samples.dataPackage()).of(dataPackage);

        assertThat(found.all()).isTrue();
        assertThat(fields(found)).hasSize(8).allMatch(f -> f.endsWith(".type"));
    }

    @Test
    void of_searchThatTakesLong_endsWithWhatItHas() {
        for (int i = 0; i < 12; i++) {
            in("/dataset/features/" + i).put("encode", "standardize");
        }
        AtomicLong now = new AtomicLong();
        Faults slow = new Faults(
                d -> {
                    now.addAndGet(1_000_000_000);
                    FederationJob.parse(d, JobRules.inSimulation());
                },
                Samples.job(),
                now::get);

        Faults.Found found = slow.of(job);

        assertThat(found.all()).isFalse();
        assertThat(fields(found)).isNotEmpty().hasSizeLessThan(12).allMatch(f -> f.endsWith(".encode"));
    }

    @Test
    void of_dataPackage_faultsOfSeveralResourcesAreToldTogether() {
        ((ObjectNode) dataPackage.at("/resources/0")).remove("format");
        ((ObjectNode) dataPackage.at("/resources/1/coreason")).put("delta", 1).put("epsilon_ceiling", 9);
        ((ObjectNode) dataPackage.at("/resources/2/coreason")).remove("privacy_unit");
        ((ObjectNode) dataPackage.at("/resources/3/schema/fields/0")).put("type", "decimal");
        ((ObjectNode) dataPackage.at("/resources/3")).put("pth", "x");

        List<InvalidDocument> faults = new Faults(d -> DataPackage.parse(d, folder), Samples.dataPackage())
                .of(dataPackage)
                .faults();

        assertThat(fields(faults))
                .containsExactlyInAnyOrder(
                        "resources[0].format",
                        "resources[1].coreason.delta",
                        "resources[1].coreason.epsilon_ceiling",
                        "resources[2].coreason.privacy_unit",
                        "resources[3].schema.fields[0].type",
                        "resources[3].pth");
    }
}
