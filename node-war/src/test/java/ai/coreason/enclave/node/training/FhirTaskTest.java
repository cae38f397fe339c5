package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A round of a node whose records are FHIR resources: 3 patients of 2,000 observations each, which all say the same. */
class FhirTaskTest {
    private static final String MANIFEST = "ef".repeat(32);
    private static final int RECORDS = 2000;

    @TempDir
    Path folder;

    private BooksOnDerby database;
    private RoundBooks books;
    private Federation federation;

    @BeforeEach
    void records() throws Exception {
        Path records = Files.createDirectories(folder.resolve("records"));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 3 * RECORDS; i++) {
            String patient = new String[] {"Patient/p%d", "https://h.example/Patient/p%d", "urn:uuid:p%d"}[i / 3 % 3];
            lines.append(observation(i, patient.formatted(i % 3), 120)).append('\n');
        }
        Files.writeString(records.resolve("Observation.ndjson"), lines);
        database = new BooksOnDerby();
    }

    @AfterEach
    void stop() {
        federation.close();
        database.close();
    }

    private static String observation(int id, String patient, int value) {
        return "{\"resourceType\": \"Observation\", \"id\": \"o%d\", \"subject\": {\"reference\": \"%s\"}, \"valueQuantity\": {\"value\": %d}}"
                .formatted(id, patient, value);
    }

    private void start(String unit) throws Exception {
        Files.writeString(folder.resolve("datapackage.json"), """
                {"name": "test", "resources": [{"name": "node_a", "path": "records", "format": "fhir",
                 "schema": {"fields": [
                   {"name": "age", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 120}},
                   {"name": "sex", "type": "number", "constraints": {"required": true, "enum": [0, 1]}},
                   {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                 "fhir": {"resource": "Observation", "columns": {
                   "age": "$.resource.valueQuantity.value",
                   "sex": {"path": "$.resource.valueQuantity", "take": "exists"},
                   "label": {"path": "$.resource.subject.reference", "take": "count"}}},
                 "coreason": {"data_owner": "owner", "dataset_id": "heart", %s
                              "declared_rows": 200, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(unit));
        books = database.books();
        offered().all().forEach(d -> books.register(d.dataset(), d.source()));
        federation = new Federation(books.accounts().get(0).head());
        books = database.restarted(federation.trust());
    }

    /** The weight that one round of 5 steps moves, with a fixed seed. */
    private float moved(TaskRun run) throws Exception {
        ObjectNode job = Jobs.document().put("seed", 7);
        run.take(federation.session(), federation.task(job, 1, 1, plan(), 0).json());
        assertThat(federation.declines).isEmpty();
        Weights update = federation.open(Jobs.job(job).model(), federation.uploads.get(0));
        return update.get("fc.bias")[0];
    }

    /** A step moves the weight by at most 0.5 (3 + 2 z) / 16, with z a standard normal. */
    @Test
    void take_unitLeftOut_drawsPatients() throws Exception {
        start("");
        assertThat(moved(run())).isBetween(-2f, 2f);
        PrivacyUnit patient = new PrivacyUnit("patient", 1);
        assertThat(books.accounts().get(0).dataset().unit()).isEqualTo(patient);
        assertThat(books.rows("heart").get(0).json().get("privacy_unit")).isEqualTo(patient.json());
    }

    /** The same records as units of their own: a step draws 0.08 of 6,000, whose gradients are one. */
    @Test
    void take_recordAsUnit_drawsRecords() throws Exception {
        start("\"privacy_unit\": \"record\",");
        assertThat(moved(run())).isGreaterThan(4f);
        assertThat(books.rows("heart").get(0).json().get("privacy_unit").asText())
                .isEqualTo("record");
    }

    @Test
    void take_recordOfNobody_declines() throws Exception {
        Files.writeString(folder.resolve("records/more.ndjson"), observation(-1, "Group/g", 1));
        start("");
        run().take(
                        federation.session(),
                        federation.task(Jobs.document(), 1, 1, plan(), 0).json());
        assertThat(federation.declines)
                .containsExactly(
                        "RECORDS: the site's records cannot be used until their owner acts: the records do not fit their schema: 1"
                                + " records miss patient, which says whose they are; findings {\"rows\":6001,\"missing\":{\"patient\":1},\"violations\":{}}");
        assertThat(books.rows("heart")).isEmpty();
    }

    @Test
    void take_fileAddedToTheFolder_readsTheRecordsAnew() throws Exception {
        start("");
        TaskRun run = run();
        moved(run);
        federation
                .ledgerHead
                .put("sequence", books.accounts().get(0).sequence())
                .put("hash", books.accounts().get(0).head());
        Files.writeString(folder.resolve("records/more.ndjson"), observation(-1, "Patient/p0", 777));
        run.take(
                federation.session(),
                federation.task(Jobs.document(), 2, 1, plan(), 0).json());
        assertThat(federation.declines).singleElement().asString().contains("{\"age\":{\"MAXIMUM\":1}}");
    }

    private static TrainingPlan plan() {
        return new TrainingPlan(Mechanism.DP_SGD, 5, 0.08, 2, 1, 16, 0.5);
    }

    private TaskRun run() throws Exception {
        RoundTraining training =
                new RoundTraining(site(), SmallSite.records(folder), books, SmallSite::quote, MANIFEST);
        return new TaskRun(new JobRules(true, false), books, training, Clock.systemUTC());
    }

    private OfferedDatasets offered() throws Exception {
        return OfferedDatasets.load(site());
    }

    private SiteFile site() {
        return SmallSite.in(folder, true);
    }
}
