package ai.coreason.enclave.sentry.data.format;

import static ai.coreason.enclave.sentry.data.format.FhirPackages.condition;
import static ai.coreason.enclave.sentry.data.format.FhirPackages.observation;
import static ai.coreason.enclave.sentry.data.format.FhirPackages.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Grouping;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.Rule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FhirReaderTest {
    /** Weight, gender's place, conditions, hypertension. */
    private final List<String> seen = new ArrayList<>();

    private final Grouping grouping = new Grouping(FhirPackages.table().schema(), "patient");

    private void take(Row row) {
        grouping.add(row);
        seen.add(row.number(0) + " " + row.enumIndex(1) + " " + row.number(2) + " " + row.number(3));
    }

    private Findings read(String text) throws IOException {
        return FhirReader.read(new StringReader(text), FhirPackages.table(), this::take);
    }

    private static FhirTable with(String member, String value) {
        ObjectNode json = Documents.with(FhirPackages.full(), "resources[0]." + member, value.replace('\'', '"'));
        return (FhirTable) Packages.parse(json).resources().get(0).format();
    }

    private static String bundle(String... entries) {
        return "{\"resourceType\": \"Bundle\", \"type\": \"transaction\", \"entry\": [%s]}"
                .formatted(String.join(",", entries));
    }

    private static String entry(String fullUrl, String resource) {
        return "{\"fullUrl\": \"%s\", \"resource\": %s}".formatted(fullUrl, resource);
    }

    @Test
    void read_bulkExport_givesTheRecordsOfEachPatient() throws Exception {
        Findings found = read(observation("o1", "Patient/a", "70.5")
                + observation("o2", "Patient/b", "80")
                + observation("o3", "http://h/fhir/Patient/a", "71e0")
                + condition("Patient/a", "38341003")
                + condition("Patient/a", "1")
                + patient("a")
                + patient("b"));
        assertThat(found.violations()).isEmpty();
        assertThat(found.rows()).isEqualTo(3);
        assertThat(found.missing()).isEqualTo(Map.of("latest", 1L));
        assertThat(seen).containsExactly("70.5 0 2.0 1.0", "71.0 0 2.0 1.0", "80.0 0 0.0 0.0");
        assertThat(grouping.units()).containsExactly(0, 0, 1);
    }

    @Test
    void read_bundlesAmongLines_givesWhatLinesWouldGive() throws Exception {
        String nested = "{\"entry\": [%s], \"resourceType\": \"Bundle\"}"
                .formatted(entry("http://h/Observation/o2", observation("o2", "urn:uuid:x", "2")));
        String text = "\ufeff"
                + bundle(
                        entry("urn:uuid:x", patient("a")),
                        entry("urn:uuid:o", observation("o1", "urn:uuid:x", "1")),
                        "{\"request\": {\"method\": \"DELETE\", \"url\": \"Patient/b\"}}",
                        "{\"resource\": %s}".formatted(nested))
                + "\r\n"
                + observation("o3", "Patient/a", "3");
        assertThat(read(text).clean()).isTrue();
        assertThat(seen).extracting(s -> s.substring(0, 3)).containsExactly("1.0", "2.0", "3.0");
        assertThat(grouping.units()).containsExactly(0, 0, 0);
    }

    @Test
    void read_patientNamedInAnotherFile_isOnePatientAcrossFiles(@TempDir Path folder) throws Exception {
        List<Path> files = List.of(
                Files.writeString(folder.resolve("1.ndjson"), observation("o1", "urn:uuid:u", "1")),
                Files.writeString(folder.resolve("2.json"), bundle(entry("urn:uuid:u", patient("a")))),
                Files.writeString(folder.resolve("3.ndjson"), observation("o2", "Patient/a/_history/1", "2")));
        assertThat(FhirReader.read(files, FhirPackages.table(), this::take).clean())
                .isTrue();
        assertThat(grouping.units()).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Patient/ä b", "Group/a", "#a", "urn:uuid:nowhere", "Patient?identifier=1"})
    void read_recordWithoutPatient_isFoundAndNoUnitOfItsOwn(String subject) throws Exception {
        Findings found = read(observation("o1", subject, "1") + observation("o2", "Patient/a", "2"));
        assertThat(found.missing("patient")).isEqualTo(1);
        assertThat(found.json().toString()).doesNotContain("nowhere");
        assertThat(seen).hasSize(2);
    }

    @Test
    void read_patientsAsRecords_areTheirOwn() throws Exception {
        FhirTable table = with(
                "fhir",
                "{'resource': 'Patient', 'columns': {'weight': '$.patient.Observation[-1].valueQuantity.value',"
                        + "'gender': '$.resource.gender', 'conditions': {'path': '$.patient.Condition[*]', 'take': 'count'},"
                        + "'hypertension': {'path': '$.resource.deceasedDateTime', 'take': 'exists'},"
                        + "'latest': '$.resource.id'}}");
        Findings found = FhirReader.read(
                new StringReader(patient("a")
                        + observation("o1", "Patient/a", "1")
                        + observation("o2", "Patient/a", "2")
                        + patient("b")
                        + observation("o3", "Patient/b", "3")),
                table,
                this::take);
        assertThat(found.clean()).isTrue();
        assertThat(seen).containsExactly("2.0 0 0.0 0.0", "3.0 0 0.0 0.0");
        assertThat(grouping.units()).containsExactly(0, 1);
    }

    @Test
    void read_whereThatReadsThePatient_choosesByIt() throws Exception {
        FhirTable table = with(
                "fhir.where", "'$.patient.Condition[*].code.coding[?(@.code == \\'1\\')]'".replace("\\'", "\\u0027"));
        FhirReader.read(
                new StringReader(observation("o1", "Patient/a", "1")
                        + observation("o2", "Patient/b", "2")
                        + condition("Patient/b", "1")),
                table,
                this::take);
        assertThat(seen).extracting(s -> s.substring(0, 3)).containsExactly("2.0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | MINIMUM",
                "501 | MAXIMUM",
                "\"70\" | ",
                "\"heavy\" | TYPE",
                "true | TYPE",
                "1e999 | TYPE",
                "[70] | TYPE",
                "{\"a\": 70} | TYPE",
                "null | REQUIRED",
                "\"\" | REQUIRED"
            })
    void read_valueThatBreaksTheSchema_isFoundAsInACsvFile(String value, Rule rule) throws Exception {
        Findings found = read(observation("o1", "Patient/a", value) + patient("a"));
        assertThat(found.violations()).isEqualTo(rule == null ? Map.of() : Map.of("weight", Map.of(rule, 1L)));
    }

    /** The same resource in two versions, or as it is, wherever it stands. */
    private static String version(String line, String meta) {
        return line.replace("\"id\":", "\"meta\": {%s}, \"id\":".formatted(meta.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'versionId': '9' | 'versionId': '10'",
                "'lastUpdated': '2025-01-01T00:00:00Z' | 'lastUpdated': '2025-01-01T00:00:00.001Z'",
                "'lastUpdated': '2025-01-01T09:00:00+09:00' | 'lastUpdated': '2025-01-01T00:00:01Z'",
                "'versionId': '2', 'lastUpdated': '2025-01-01T00:00:00Z' | 'versionId': '1', 'lastUpdated': '2025-01-02T00:00:00Z'"
            })
    void read_oneResourceInTwoVersions_countsTheNewestInEitherOrder(String older, String newer) throws Exception {
        String first = version(observation("o1", "Patient/a", "1"), older);
        String last = version(observation("o1", "Patient/a", "2"), newer);
        for (String text : new String[] {first + last, last + first, first + last + first}) {
            seen.clear();
            Findings found = read(text + patient("a"));
            assertThat(found.clean()).isTrue();
            assertThat(seen).extracting(s -> s.substring(0, 3)).containsExactly("2.0");
            assertThat(found.notes()).anyMatch(n -> n.endsWith("are older versions of others and were left out"));
        }
    }

    /** An older version does not stand for a newer one that is no record any more. */
    @Test
    void read_newestVersionThatTheFilterLeavesOut_isNoRecord() throws Exception {
        String older = version(observation("o1", "Patient/a", "1"), "'versionId': '1'");
        String newer =
                version(observation("o1", "Patient/a", "2"), "'versionId': '2'").replace("29463-7", "other");
        for (String text : new String[] {older + newer, newer + older}) {
            assertThat(read(text).rows()).isZero();
        }
    }

    @Test
    void read_oneResourceAgainAsItIs_countsOnceInRecordsAndOthers() throws Exception {
        String condition = condition("Patient/a", "1").replace("\"subject\"", "\"id\": \"c1\", \"subject\"");
        String record = observation("o1", "Patient/a", "1");
        Findings found = read(condition + record + patient("a") + condition + record);
        assertThat(found.clean()).isTrue();
        assertThat(seen).containsExactly("1.0 0 1.0 0.0");
        assertThat(found.notes()).contains("2 resources stand there again, as they are, and count once");
    }

    @Test
    void read_oneIdTwiceWithoutAVersion_isFound() throws Exception {
        Findings found = read(observation("o1", "Patient/a", "1") + "\n" + observation("o1", "Patient/b", "1"));
        assertThat(found.violations()).isEqualTo(Map.of(Findings.RECORD, Map.of(Rule.UNIQUE, 1L)));
        assertThat(found.notes()).contains("(record): UNIQUE first on file 1, line 3");
        String other = condition("Patient/a", "1").replace("\"subject\"", "\"id\": \"c1\", \"subject\"");
        assertThat(read(other + other.replace("\"1\"", "\"2\"")).violations())
                .isEqualTo(Map.of(Findings.RECORD, Map.of(Rule.UNIQUE, 1L)));
    }

    @Test
    void read_deletedResource_isNoneWhereverItStands() throws Exception {
        String deletions = bundle(
                "{\"request\": {\"method\": \"DELETE\", \"url\": \"Observation/o1\"}}",
                "{\"request\": {\"method\": \"DELETE\", \"url\": \"https://h/r4/Observation/o3/_history/1\"}}",
                "{\"request\": {\"method\": \"DELETE\", \"url\": \"Observation?code=1\"}}");
        String records = observation("o1", "Patient/a", "1")
                + observation("o2", "Patient/a", "2")
                + observation("o3", "Patient/a", "3")
                + patient("a");
        for (String text : new String[] {deletions + records, records + deletions}) {
            seen.clear();
            Findings found = read(text);
            assertThat(found.clean()).isTrue();
            assertThat(seen).extracting(s -> s.substring(0, 3)).containsExactly("2.0");
            assertThat(found.notes())
                    .contains(
                            "2 resources were deleted later, as the export says, and were left out",
                            "1 deletions name no resource by type and id and were not followed");
        }
    }

    @Test
    void read_resourceWrittenAfterItsDeletion_counts() throws Exception {
        String deletion = bundle("{\"request\": {\"method\": \"DELETE\", \"url\": \"Observation/o1\"},"
                + " \"response\": {\"status\": \"204\", \"lastModified\": \"2025-02-01T00:00:00Z\"}}");
        String record = observation("o1", "Patient/a", "1");
        String after = version(record, "'lastUpdated': '2025-02-02T00:00:00Z'");
        assertThat(read(deletion + after).rows()).isEqualTo(1);
        assertThat(read(version(record, "'lastUpdated': '2025-01-02T00:00:00Z'") + deletion)
                        .rows())
                .isZero();
    }

    @Test
    void read_oneResourceWithMembersInAnotherOrder_countsOnce() throws Exception {
        String record = observation("o1", "Patient/a", "1");
        String turned = "{\"valueQuantity\": {\"value\": 1}, \"code\": {\"coding\": [{\"code\": \"29463-7\"}]},"
                + " \"subject\": {\"reference\": \"Patient/a\"}, \"id\": \"o1\", \"resourceType\": \"Observation\"}";
        Findings found = read(record + turned + patient("a"));
        assertThat(found.clean()).isTrue();
        assertThat(found.rows()).isEqualTo(1);
        assertThat(found.notes()).contains("1 resources stand there again, as they are, and count once");
    }

    /** Two old copies of which neither is newer matter no more once there is a newer one, in whatever order they come. */
    @Test
    void read_oldCopiesThatDifferAndANewerOne_countsTheNewerInAnyOrder() throws Exception {
        String old = "'lastUpdated': '2026-01-01T00:00:00Z'";
        String one = version(observation("o1", "Patient/a", "1"), old);
        String other = version(observation("o1", "Patient/a", "1"), old + ", 'tag': [{'code': 'SUBSETTED'}]");
        String newer = version(observation("o1", "Patient/a", "2"), "'lastUpdated': '2026-02-01T00:00:00Z'");
        for (String text : new String[] {
            one + other + newer, one + newer + other, newer + one + other, other + one + newer, newer + other + one
        }) {
            seen.clear();
            Findings found = read(text + patient("a"));
            assertThat(found.clean()).isTrue();
            assertThat(seen).containsExactly("2.0 0 0.0 0.0");
            assertThat(found.notes()).contains("2 resources are older versions of others and were left out");
        }
        assertThat(read(newer + one + newer.replace("2}", "3}")).clean()).isFalse();
    }

    @Test
    void read_timeOfTheBundleAfterItsEntries_countsAsBefore() throws Exception {
        String record = version(observation("o1", "Patient/a", "1"), "'lastUpdated': '2026-03-01T00:00:00Z'");
        String entry = "\"entry\": [{\"request\": {\"method\": \"DELETE\", \"url\": \"Observation/o1\"}}]";
        for (String time : new String[] {"\"timestamp\": \"%s\"", "\"meta\": {\"lastUpdated\": \"%s\"}"}) {
            for (String members :
                    new String[] {"\"resourceType\": \"Bundle\", %s, %s}", "%s, %s, \"resourceType\": \"Bundle\"}"}) {
                for (String month : new String[] {"02", "04"}) {
                    String at = time.formatted("2026-" + month + "-01T00:00:00Z");
                    long rows = month.equals("02") ? 1 : 0;
                    assertThat(read("{" + members.formatted(at, entry) + record).rows())
                            .isEqualTo(rows);
                    assertThat(read("{" + members.formatted(entry, at) + record).rows())
                            .isEqualTo(rows);
                }
            }
        }
    }

    /** A history's Bundle is newer than all that it tells; which version was deleted, its number says. */
    @Test
    void read_historyWhereADeletedResourceCameBack_countsIt() throws Exception {
        String back =
                version(observation("o1", "Patient/a", "1"), "'versionId': '3', 'lastUpdated': '2026-03-01T00:00:00Z'");
        String gone = "{\"fullUrl\": \"http://h/Observation/o1\", \"request\": {\"method\": \"DELETE\", \"url\":"
                + " \"Observation/o1/_history/%d\"}}";
        String history =
                "{\"resourceType\": \"Bundle\", \"meta\": {\"lastUpdated\": \"2026-05-01T00:00:00Z\"}, \"entry\": [%s, %s]}";
        assertThat(read(history.formatted(entry("http://h/Observation/o1", back), gone.formatted(2)))
                        .rows())
                .isEqualTo(1);
        assertThat(read(history.formatted(gone.formatted(4), entry("http://h/Observation/o1", back)))
                        .rows())
                .isZero();
    }

    @Test
    void read_idOfTwoServersAndOfOneUnknown_isFoundInAnyOrder() throws Exception {
        String lab = bundle(entry("http://lab/Observation/o1", observation("o1", "Patient/a", "1")));
        String ward = bundle(entry("http://ward/Observation/o1", observation("o1", "Patient/a", "2")));
        String copy = bundle(entry("https://copy/Observation/o1", observation("o1", "Patient/a", "2")));
        String unknown = observation("o1", "Patient/a", "2");
        assertThat(read(lab + ward + copy).rows()).isEqualTo(2);
        assertThat(read(ward + copy + ward.replace("http:", "https:")).rows()).isEqualTo(1);
        for (String text : new String[] {lab + ward + unknown, unknown + lab + ward, ward + unknown + lab}) {
            assertThat(read(text).violations()).isEqualTo(Map.of(Findings.RECORD, Map.of(Rule.UNIQUE, 1L)));
        }
        String deletion = bundle("{\"request\": {\"method\": \"DELETE\", \"url\": \"http://lab/Observation/o1\"}}");
        seen.clear();
        assertThat(read(deletion + lab + ward).rows()).isEqualTo(1);
        assertThat(seen).containsExactly("2.0 -1 0.0 0.0");
    }

    /** All pages of a search are there: nothing is amiss. */
    @Test
    void read_allPagesOfASearch_areTakenForWhole() throws Exception {
        String page = "{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"total\": 2, \"link\": [{\"relation\":"
                + " \"self\", \"url\": \"p%d\"}%s], \"entry\": [%s, {\"search\": {\"mode\": \"include\"}, \"resource\": %s}]}";
        String next = ", {\"relation\": \"next\", \"url\": \"p2\"}";
        String first = page.formatted(1, next, entry("", observation("o1", "Patient/a", "1")), patient("a"));
        String second = page.formatted(2, "", entry("", observation("o2", "Patient/a", "2")), patient("a"));
        assertThat(read(first + second).notes()).noneMatch(n -> n.contains("page") || n.contains("search"));
        assertThat(read(first).notes())
                .contains(
                        "1 pages of a search name a next page that no file holds",
                        "a search found 2 resources, the files hold 1 of them");
    }

    @Test
    void read_pathOfAPatientThatComparesWithTheRecord_isReadForEachRecord() throws Exception {
        FhirTable table = with(
                "fhir.columns.conditions",
                "{'path': '$.patient.Condition[?(@.encounter == $.resource.encounter)]', 'take': 'count'}");
        String text = observation("o1", "Patient/a", "1").replace("\"id\"", "\"encounter\": \"e\", \"id\"")
                + observation("o2", "Patient/a", "2").replace("\"id\"", "\"encounter\": \"f\", \"id\"")
                + condition("Patient/a", "1").replace("\"subject\"", "\"encounter\": \"e\", \"subject\"");
        FhirReader.read(new StringReader(text), table, this::take);
        assertThat(seen).containsExactly("1.0 -1 1.0 0.0", "2.0 -1 0.0 0.0");
    }

    @Test
    void read_logAndManifestOfTheExport_arePassedOverAndTold() throws Exception {
        String log = "{\"exportId\": \"x\", \"timestamp\": \"t\", \"eventId\": \"kickoff\", \"eventDetail\": {}}\n";
        String manifest = "{\"transactionTime\": \"t\", \"request\": \"r\", \"output\": [{\"type\": \"Patient\"}]}\n";
        Findings found = read(log + log + manifest + observation("o1", "Patient/a", "1") + patient("a"));
        assertThat(found.clean()).isTrue();
        assertThat(found.rows()).isEqualTo(1);
        assertThat(found.notes()).contains("3 objects are of the export's log or manifest and were passed over");
    }

    @Test
    void read_resourcesWithinParameters_arePassedOverAndTold() throws Exception {
        String parameters =
                "{\"resourceType\": \"Parameters\", \"parameter\": [{\"name\": \"return\", \"resource\": %s},"
                        + " {\"name\": \"a\", \"part\": [{\"name\": \"b\", \"resource\": %s}, {\"name\": \"c\", \"valueCode\": \"d\"}]}]}";
        String inner = bundle(entry("", observation("o2", "Patient/a", "2")), entry("", patient("b")));
        String text = observation("o1", "Patient/a", "1") + patient("a");
        Findings found = read(text
                + parameters.formatted(inner, patient("c"))
                + bundle(entry("", parameters.formatted(inner, patient("c")))));
        assertThat(found.rows()).isEqualTo(1);
        assertThat(found.notes())
                .contains(
                        "6 resources stand within Parameters and were passed over: write them as Bundles, or one a line");
    }

    @Test
    void read_typeThatOccursNowhere_isTold() throws Exception {
        assertThat(read(observation("o1", "Patient/a", "1") + patient("a")).notes())
                .containsExactly("no file has a resource of type Condition, which the data package names");
        assertThat(read(patient("a") + condition("Patient/a", "1")).notes())
                .containsExactly("no file has a resource of type Observation, which the data package names");
    }

    @Test
    void read_compressedFiles_areReadByWhatTheyHold(@TempDir Path folder) throws Exception {
        Path plain = Files.writeString(folder.resolve("1.ndjson.gz"), patient("a"));
        Path zipped = gzip(folder.resolve("2.NDJSON.GZ"), observation("o1", "Patient/a", "1"));
        assertThat(FhirReader.read(List.of(plain, zipped), FhirPackages.table(), this::take)
                        .clean())
                .isTrue();
        assertThat(seen).containsExactly("1.0 0 0.0 0.0");

        byte[] whole = Files.readAllBytes(zipped);
        for (int length : new int[] {3, whole.length / 2, whole.length - 1}) {
            Path cut = Files.write(folder.resolve("cut.ndjson.gz"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> FhirReader.read(List.of(plain, cut), FhirPackages.table(), this::take))
                    .isInstanceOf(InvalidDocument.class)
                    .hasMessage("file 2: expected whole data of gzip, got data that is cut or damaged");
        }
    }

    private static Path gzip(Path file, String text) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void read_pathOverAnotherForm_isATypeFinding() throws Exception {
        FhirTable table = with("fhir.columns.latest", "'$.resource.status[?(@.a == 1)]'");
        Findings found = FhirReader.read(
                new StringReader("{\"status\": \"final\", "
                        + observation("o1", "Patient/a", "1").substring(1)),
                table,
                this::take);
        assertThat(found.violations()).isEqualTo(Map.of("latest", Map.of(Rule.TYPE, 1L)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$.resource.status[?(@.a == 1)]", "$.patient.Observation[0].status[?(@.a == 1)]"})
    void read_whereThatCannotJudgeARecord_isFound(String where) throws Exception {
        FhirTable table = with("fhir.where", '"' + where + '"');
        Findings found = FhirReader.read(
                new StringReader("{\"status\": \"final\", "
                        + observation("o1", "Patient/a", "1").substring(1)),
                table,
                this::take);
        assertThat(found.violations()).isEqualTo(Map.of(Findings.RECORD, Map.of(Rule.TYPE, 1L)));
        assertThat(seen).isEmpty();
    }

    @Test
    void read_otherTypesAndNoRecord_isEmpty() throws Exception {
        assertThat(read("").rows()).isZero();
        assertThat(read(bundle()).rows()).isZero();
        assertThat(read(bundle(entry("", patient("a")))).rows()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'resourceType': 'Patient', 'id': 'secret' | line 1, column 4",
                "{'resourceType': 'Bundle', 'entry': [{'resource': {'resourceType': 'secret' | line 1, column ",
                "{'resourceType': 'Patient', 'id': 'secret', 'id': 'secret'} | line 1, column ",
                "{'resourceType': 'Bundle', 'resourceType': 'Bundle'} | line 1, column ",
                "{'resourceType': 'Bundle', 'entry': [{'resource': {'resourceType': 'A', 'a': 1, 'a': 2}}]} | line 1, col",
                "{'resourceType': 'secret'} | line 1, column ",
                "{'resourceType': 7} | line 1, column ",
                "{'id': 'secret'} | line 1, column ",
                "[{'resourceType': 'Patient'}] | line 1, column 1: expected an object with the resourceType",
                "'secret' | line 1, column 1: expected an object with the resourceType",
                "{'resourceType': 'Patient'}%nsecret | line 2, column ",
                "{'resourceType': 'Patient'}%n{'resourceType': 'Patient', secret} | line 2, column ",
                "{'resourceType': 'Bundle', 'entry': ['secret']} | line 1, column 46: expected an entry of a Bundle",
                "{'resourceType': 'Bundle', 'entry': [{'fullUrl': 7}]} | line 1, column 52: expected an entry of a",
                "{'resourceType': 'Bundle', 'entry': [{'resource': 'secret'}]} | line 1, column 60: expected an object",
                "{'resourceType': 'Bundle', 'entry': 'secret'} | line 1, column ",
                "{'entry': 'secret', 'resourceType': 'Bundle'} | line 1, column "
            })
    void read_whatIsNoFhirJson_isRefusedByItsPlaceAndNothingOfIt(String text, String place) {
        assertThatThrownBy(() -> read(text.replace('\'', '"').formatted()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("file 1, " + place)
                .hasMessageNotContaining("secret");
    }

    @Test
    void read_nestingWithoutEnd_isRefused() {
        assertThatThrownBy(() -> read("{\"resourceType\": \"Patient\", \"a\": " + "[".repeat(1_000_000)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("nesting beyond 64");
    }

    /** Endless readers: only a bound ends the reading. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"resourceType\": \"Patient\", \"a\": \"|x",
                "{\"resourceType\": \"Patient\", \"a\": [|1,",
                "{\"resourceType\": \"Bundle\", \"entry\": [{\"resource\": {\"resourceType\": \"Patient\", \"a\": [|1,",
                "| "
            })
    void read_resourceWithoutEnd_isRefused(String beginAndRest) {
        String[] parts = beginAndRest.split("\\|");
        Reader endless = new Reader() {
            private int at;

            @Override
            public int read(char[] buffer, int offset, int length) {
                for (int i = 0; i < length; i++, at++) {
                    buffer[offset + i] = at < parts[0].length()
                            ? parts[0].charAt(at)
                            : parts[1].charAt((at - parts[0].length()) % parts[1].length());
                }
                return length;
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> FhirReader.read(endless, FhirPackages.table(), this::take))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("expected ");
    }

    @Test
    void read_manyResourcesLongerThanOneMayBe_areRead() throws Exception {
        String filler = "{\"resourceType\": \"Binary\", \"data\": \"" + "A".repeat(1 << 20) + "\"}";
        String[] entries = new String[20];
        Arrays.fill(entries, entry("", filler));
        assertThat(read(bundle(entries) + (filler + "\n").repeat(20) + observation("o1", "Patient/a", "1"))
                        .rows())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40})
    void read_otherBytesThanUtf8_areRefused(int place) {
        byte[] bytes = patient("secret").getBytes(StandardCharsets.UTF_8);
        bytes[place] = (byte) 0xff;
        Reader reader = new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
        assertThatThrownBy(() -> FhirReader.read(reader, FhirPackages.table(), this::take))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("file 1: expected text in UTF-8, got bytes of another encoding, as Latin-1 has them");
    }

    @Test
    void read_fileOfOtherBytes_namesItsLine(@TempDir Path folder) throws Exception {
        String lines = patient("a").repeat(3000);
        byte[] bytes = (lines + patient("\u00e4") + lines).getBytes(StandardCharsets.ISO_8859_1);
        List<Path> files = List.of(
                Files.writeString(folder.resolve("1.ndjson"), lines), Files.write(folder.resolve("2.ndjson"), bytes));
        assertThatThrownBy(() -> FhirReader.read(files, FhirPackages.table(), this::take))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("file 2, line 3001: expected text in UTF-8");
    }

    /** Counted with another tool: weights of code 29463-7 and conditions of each of the three made-up patients. */
    @Test
    void read_syntheticBundles_givesWhatIsKnown() throws Exception {
        Path folder = SharedData.file("data/fhir");
        List<Path> files;
        try (var all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        Findings found = FhirReader.read(files, FhirPackages.table(), this::take);
        assertThat(found.clean()).isTrue();
        assertThat(found.missing()).isEmpty();
        assertThat(found.rows()).isEqualTo(10);
        assertThat(grouping.units()).containsExactly(0, 0, 0, 0, 1, 1, 1, 2, 2, 2);
        assertThat(seen.stream().map(s -> s.substring(s.indexOf(' '))).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(" 1 3.0 0.0", " 1 3.0 1.0", " 0 1.0 1.0");
    }

    @Test
    void read_syntheticBundlesAsLines_givesTheSame() throws Exception {
        List<Path> files;
        try (var all = Files.list(SharedData.file("data/fhir"))) {
            files = all.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        Findings asBundles = FhirReader.read(files, FhirPackages.table(), this::take);
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            for (var e : Json.read(Files.readAllBytes(file)).get("entry")) {
                lines.append(e.get("resource")).append('\n');
            }
        }
        List<String> first = List.copyOf(seen);
        seen.clear();
        assertThat(read(lines.toString())).isEqualTo(asBundles);
        assertThat(seen).isEqualTo(first).isNotEmpty();
    }
}
