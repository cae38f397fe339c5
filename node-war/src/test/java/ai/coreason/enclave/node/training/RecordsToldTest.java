package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.JobRules;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node tells its own site of the records that it read for a round, and nobody else. */
class RecordsToldTest {
    private static final String FIELDS = """
            {"fields": [
               {"name": "age", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 120}},
               {"name": "sex", "type": "number", "constraints": {"required": true, "enum": [0, 1]}},
               {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}%s]}""";
    private static final String FHIR = """
            "path": "records", "format": "fhir", "schema": %s, "fhir": {"resource": "Observation", "columns": {
               "age": "$.resource.valueQuantity.value",
               "sex": {"path": "$.patient.Condition[*]", "take": "exists"},
               "label": {"path": "$.resource.nothing", "take": "count"}}}
            """.formatted(FIELDS.formatted(""));

    @TempDir
    Path folder;

    private BooksOnDerby database;
    private RoundBooks books;
    private Federation federation;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("records/deleted"));
        database = new BooksOnDerby();
    }

    @AfterEach
    void stop() {
        federation.close();
        database.close();
    }

    private void write(String name, String... lines) throws Exception {
        Files.writeString(folder.resolve("records").resolve(name), String.join("\n", lines) + "\n");
    }

    private static String observation(String id, String patient, String more) {
        return "{\"resourceType\": \"Observation\", \"id\": \"%s\", \"subject\": {\"reference\": \"Patient/%s\"}%s}"
                .formatted(id, patient, more);
    }

    private static String valued(String id, String patient) {
        return observation(id, patient, ", \"valueQuantity\": {\"value\": 50}");
    }

    private static String condition(String id, String subject) {
        return "{\"resourceType\": \"Condition\", \"id\": \"%s\", \"subject\": {%s}}".formatted(id, subject);
    }

    /** Runs one round over a package, and gives what the site is told. */
    private DatasetStanding told(String resource) throws Exception {
        Files.writeString(folder.resolve("datapackage.json"), """
                {"name": "test", "resources": [{"name": "node_a", %s,
                 "coreason": {"data_owner": "owner", "dataset_id": "heart",
                              "privacy_unit": {"column": "patient", "max_records": 1},
                              "declared_rows": 200, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(resource));
        books = database.books();
        offered().all().forEach(d -> books.register(d.dataset(), d.source()));
        federation = new Federation(books.accounts().get(0).head());
        books = database.restarted(federation.trust());
        TrainingPlan plan = new TrainingPlan(Mechanism.DP_SGD, 5, 0.08, 2, 1, 16, 0.5);
        run().take(
                        federation.session(),
                        federation.task(Jobs.document(), 1, 1, plan, 0).json());
        DatasetStanding standing =
                DatasetStanding.parse(Json.read(Files.readAllBytes(DatasetStanding.file(folder, "heart"))));
        assertThat(federation.declines)
                .allMatch(d -> d.equals(standing.closed()
                        .map(c -> "RECORDS: the site's records cannot be used until their owner acts")
                        .orElse("")));
        return standing;
    }

    @Test
    void take_contextThatNoRecordSees_isToldByTypeAndCount() throws Exception {
        write("a.ndjson", valued("o1", "p1"), valued("o2", "p2"));
        write(
                "b.ndjson",
                condition("c1", "\"reference\": \"Patient/p1\""),
                condition("c2", "\"reference\": \"Patient?identifier=urn:mrn|2\""),
                condition("c3", "\"identifier\": {\"value\": \"3\"}"),
                condition("c4", "\"reference\": \"#pat\""),
                condition("c5", "\"reference\": \"urn:uuid:11111111-1111-1111-1111-111111111111\""));
        assertThat(told(FHIR).notes())
                .contains("4 resources of type Condition name no patient that is known, so no record sees them");
    }

    @Test
    void take_whatLiesBesideTheFiles_isTold() throws Exception {
        write("a.ndjson", valued("o1", "p1"), condition("c1", "\"reference\": \"Patient/p1\""));
        Files.createDirectories(folder.resolve("records/2025"));
        for (String name : new String[] {"._a.ndjson", ".DS_Store", "b.xml", "c.ndjson.zst", "deleted/d.jsonl"}) {
            Files.write(folder.resolve("records").resolve(name), new byte[] {0, 5, 22, 7, (byte) 0xff});
        }
        assertThat(told(FHIR).notes())
                .contains(
                        "1 folders in records were not read",
                        "2 hidden files in records were not read",
                        "1 files that end in .xml in records were not read",
                        "1 files that end in .zst in records were not read",
                        "1 files that end in .jsonl in records/deleted were not read");
    }

    @Test
    void take_exportThatSaysItIsNotWhole_isBelieved() throws Exception {
        write("a.ndjson", valued("o1", "p1"), condition("c1", "\"reference\": \"Patient/p1\""));
        write("error.ndjson", "{\"resourceType\": \"OperationOutcome\", \"issue\": [{\"severity\": \"error\"}]}");
        write("log.ndjson", "{\"exportId\": \"x\", \"timestamp\": \"t\", \"eventId\": \"download_error\"}");
        write("manifest.json", """
                {"transactionTime": "t", "request": "r", "error": [{"type": "OperationOutcome", "url": "u"}], "output": [
                  {"type": "Condition", "url": "1", "count": 1}, {"type": "Condition", "url": "2", "count": 3},
                  {"type": "Observation", "url": "3"}, {"type": "Patient", "url": "4", "count": 5},
                  {"type": "Patient", "url": "5", "count": 5}, {"type": "Patient", "url": "6", "count": 5}]}
                """);
        write("page.json", """
                {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": %s}, {"fullUrl": "http://h/x"}],
                 "total": 300, "link": [{"relation": "self", "url": "u"}, {"relation": "next", "url": "secret"}]}
                """.formatted(valued("o2", "p2")));
        List<String> notes = told(FHIR).notes();
        assertThat(notes)
                .contains(
                        "2 objects are of the export's log or manifest and were passed over",
                        "the export is not whole: its manifest counts 4 resources of type Condition, the files hold 1",
                        "the export is not whole: its manifest lists 6 files, at most 5 are here",
                        "the export says that it failed in part: 1 OperationOutcomes of errors or warnings, 1 files of"
                                + " errors in its manifest, 1 errors in its log",
                        "1 pages of a search name a next page that no file holds",
                        "a search found 300 resources, the files hold 1 of them",
                        "1 entries of Bundles hold no resource and were passed over");
        assertThat(notes.toString()).doesNotContain("secret");
    }

    @Test
    void take_pathThatLeadsNowhereAndALabelOfOneValue_areTold() throws Exception {
        write("a.ndjson", valued("o1", "p1"), valued("o2", "p2"), condition("c1", "\"reference\": \"Patient/p1\""));
        assertThat(told(FHIR).notes())
                .contains(
                        "label: its path leads nowhere in any of 2 records",
                        "all labels are one and the same, as the job reads them: a model learns to say just that")
                .noneMatch(n -> n.startsWith("sex: ") || n.startsWith("age: "));
    }

    @Test
    void take_resourcesThatAreNotMeantAsTheyStand_areToldAndLeftOutWhereFhirForbidsThem() throws Exception {
        write(
                "a.ndjson",
                observation("o1", "p1", ", \"valueQuantity\": {\"value\": 5, \"comparator\": \"<\"}"),
                observation("o2", "p2", ", \"status\": \"entered-in-error\", \"valueQuantity\": {\"value\": 777}"),
                observation("o3", "p3", ", \"modifierExtension\": [{\"url\": \"u\"}]"),
                condition("c1", "\"reference\": \"Patient/p1\"")
                        .replace(
                                "\"id\"",
                                "\"verificationStatus\": {\"coding\": [{\"code\": \"entered-in-error\"}]}, \"id\""));
        assertThat(told(FHIR).notes())
                .contains(
                        "1 units of patient to train on, far from the 200 declared, by which this site's updates are scaled",
                        "1 resources of type Condition say by their verificationStatus that they are an error, are"
                                + " excluded or did not happen, and were left out",
                        "1 resources of type Observation say by their status that they are an error, are excluded or did"
                                + " not happen, and were left out",
                        "1 resources of type Observation have a modifierExtension that is not understood and may turn"
                                + " their meaning, and were left out",
                        "1 resources of type Observation give a quantity with a comparator such as <, of which paths read"
                                + " the number alone",
                        "sex: its path leads nowhere in any of 1 records");
    }

    @Test
    void take_idOfSeveralServers_isToldAndEachCounts() throws Exception {
        for (String server : new String[] {"http://lab/fhir", "https://ward/fhir"}) {
            String value = valued("o1", server.substring(8, 9)).replace("50", "" + server.length());
            write(server.length() + ".json", """
                    {"resourceType": "Bundle", "entry": [{"fullUrl": "%s/Observation/o1", "resource": %s}]}
                    """.formatted(server, value));
        }
        assertThat(told(FHIR).notes())
                .contains("1 ids are of resources of several servers, as their fullUrl says: each of these counts")
                .anyMatch(n -> n.startsWith("2 units of patient to train on"));
    }

    @Test
    void take_linesAgainAndCellsOverLines_areTold() throws Exception {
        Files.writeString(
                folder.resolve("heart.csv"),
                "age,sex,label,patient\n1,0,1,\"a\nb\"\n2,1,0,\"c\r\n2,1,0,c\"\n3,1,1,d\n3,1,1,d\n3,1,1,d\n");
        assertThat(told("\"path\": \"heart.csv\", \"format\": \"csv\", \"schema\": "
                                + FIELDS.formatted(", {\"name\": \"patient\"}"))
                        .notes())
                .contains(
                        "2 records stand there again, as they are: each counts",
                        "2 records have cells that go over several lines, as a quote that opens on one line and closes on"
                                + " another makes them: quoteChar null in the dialect reads files that do not quote");
    }

    /** What stands behind a damaged header of a later part was lost without a word. */
    @Test
    void take_damagedSecondPartOfAGzipFile_closesTheDataset() throws Exception {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        for (String id : new String[] {"o1", "o2"}) {
            try (OutputStream part = new GZIPOutputStream(parts)) {
                part.write((valued(id, "p1") + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] bytes = parts.toByteArray();
        int second = lastHeader(bytes);
        bytes[second + 1] ^= 1;
        Files.write(folder.resolve("records/a.ndjson.gz"), bytes);
        assertThat(told(FHIR).closed())
                .hasValueSatisfying(c ->
                        assertThat(c.why()).contains("expected whole data of gzip, got data that is cut or damaged"));
    }

    private static int lastHeader(byte[] bytes) {
        int at = bytes.length - 3;
        while (bytes[at] != 0x1f || bytes[at + 1] != (byte) 0x8b || bytes[at + 2] != 8) {
            at--;
        }
        return at;
    }

    private TaskRun run() throws Exception {
        RoundTraining training =
                new RoundTraining(site(), SmallSite.records(folder), books, SmallSite::quote, "ef".repeat(32));
        return new TaskRun(new JobRules(false, false), books, training, Clock.systemUTC());
    }

    private OfferedDatasets offered() throws Exception {
        return OfferedDatasets.load(site());
    }

    private SiteFile site() {
        return SmallSite.in(folder, false);
    }
}
