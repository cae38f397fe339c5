package ai.coreason.enclave.sentry.schema;

import static ai.coreason.enclave.sentry.schema.FhirPackages.condition;
import static ai.coreason.enclave.sentry.schema.FhirPackages.observation;
import static ai.coreason.enclave.sentry.schema.FhirPackages.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.SharedData;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
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
        return (FhirTable) Packages.parse(json).resources().get(0).content();
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

    @Test
    void read_oneRecordTwice_isFound() throws Exception {
        Findings found = read(observation("o1", "Patient/a", "1") + observation("o1", "Patient/b", "1"));
        assertThat(found.violations()).isEqualTo(Map.of(Findings.RECORD, Map.of(Rule.UNIQUE, 1L)));
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
                .hasMessageStartingWith("file 1, line 1, column ")
                .hasMessageEndingWith("expected UTF-8, got other bytes");
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
