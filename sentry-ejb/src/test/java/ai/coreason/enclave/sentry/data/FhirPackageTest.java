package ai.coreason.enclave.sentry.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.data.format.FhirPackages;
import ai.coreason.enclave.sentry.data.format.FhirReader;
import ai.coreason.enclave.sentry.data.format.FhirTable;
import ai.coreason.enclave.sentry.data.format.Packages;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Grouping;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FhirPackageTest {
    @TempDir
    Path folder;

    /** A block of the page on data, by its language. */
    /** The only block of a language in the docs that has a word. */
    private static String example(String language, String word) throws IOException {
        List<String> blocks = Pattern.compile("```" + language + "\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/DATA.md")))
                .results()
                .map(m -> m.group(1))
                .filter(b -> b.contains(word))
                .toList();
        assertThat(blocks).hasSize(1);
        return blocks.get(0);
    }

    @Test
    void read_exampleOfTheDocs_givesWhatTheySay() throws Exception {
        Files.writeString(
                Files.createDirectories(folder.resolve("export")).resolve("part.ndjson"), example("ndjson", "Patient"));
        DataPackage read = read((ObjectNode) Json.read(example("json", "\"fhir\"")));
        DataResource resource = read.resource("node_harbour").orElseThrow();
        FhirTable table = (FhirTable) resource.format();
        Grouping grouping =
                new Grouping(table.schema(), resource.dataset().unit().column());
        List<String> rows = new ArrayList<>();
        Findings found = FhirReader.read(read.files(resource), table, row -> {
            rows.add(row.number(0) + " " + row.enumIndex(1) + " " + row.number(2) + " " + row.number(3));
            grouping.add(row);
        });
        assertThat(found.clean()).isTrue();
        assertThat(found.missing()).isEmpty();
        assertThat(rows).containsExactly("128.0 0 1.0 1.0", "135.0 0 1.0 1.0");
        assertThat(grouping.units()).containsExactly(0, 0);
        assertThat(resource.dataset().unit().maxRecords()).isEqualTo(1);
    }

    private DataPackage read(ObjectNode json) throws IOException {
        return DataPackage.read(Files.write(folder.resolve("datapackage.json"), Json.write(json)));
    }

    private Path records() throws IOException {
        return Files.createDirectories(folder.resolve("records"));
    }

    /** Two resources, the second over another path and maybe of another format. */
    private static ObjectNode two(String path, boolean csv) {
        ObjectNode json = FhirPackages.full();
        ObjectNode second = csv
                ? (ObjectNode) Packages.full().at("/resources/0")
                : (ObjectNode) FhirPackages.full().at("/resources/0");
        json.withArray("/resources").add(second.put("name", "second").put("path", path));
        return json;
    }

    @Test
    void read_unitLeftOut_isThePatient() {
        DataResource resource = FhirPackages.resource();
        assertThat(resource.dataset().unit()).isEqualTo(new PrivacyUnit("patient", 1));
        assertThat(resource.dataset().json().get("privacy_unit"))
                .isEqualTo(Json.read("{\"column\": \"patient\", \"max_records\": 1}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"\"record\" | ~~ | 1", "{\"column\": \"patient\", \"max_records\": 9} | patient | 9"})
    void read_unitStated_isThat(String unit, String column, int most) {
        ObjectNode json = Documents.with(FhirPackages.full(), "resources[0].coreason.privacy_unit", unit);
        assertThat(Packages.parse(json).resources().get(0).dataset().unit()).isEqualTo(new PrivacyUnit(column, most));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "coreason.privacy_unit | 'visit' | coreason.privacy_unit: expected \"record\" or an object",
                "coreason.privacy_unit | {'column':'latest','max_records':1} | coreason.privacy_unit.column: expected patient",
                "coreason.privacy_unit | {'column':'patient'} | coreason.privacy_unit.max_records: expected a whole number",
                "schema.fields[0].name | 'patient' | schema.fields: expected no field patient",
                "fhir |  | fhir: expected an object, got nothing",
                "fhir.resource | 'observation' | fhir.resource: expected a type of resource such as Observation",
                "fhir.resource | 'Bundle' | fhir.resource: expected a type of resource such as Observation",
                "fhir.resource |  | fhir.resource: expected a type of resource such as Observation, got nothing",
                "fhir.where | '$.patient' | fhir.where: expected $.resource",
                "fhir.more | 1 | fhir.more: unknown member",
                "fhir.columns.weight |  | fhir.columns.weight: expected a path for each field of the schema, got nothing",
                "fhir.columns.weight | 7 | fhir.columns.weight: expected an object, got 7",
                "fhir.columns.weight | 'weight' | fhir.columns.weight: expected $.resource... or $.patient.Type",
                "fhir.columns.weight | '$.resource[' | fhir.columns.weight: expected a well-formed JSONPath, got $.resource[",
                "fhir.columns.more | '$.resource.id' | fhir.columns.more: unknown member",
                "fhir.columns.conditions.take | 'sum' | fhir.columns.conditions.take: expected one of first, last, count",
                "fhir.columns.conditions.more | 1 | fhir.columns.conditions.more: unknown member",
                "fhir.columns.conditions.path | '..' | fhir.columns.conditions.path: expected ",
                "fhir.columns.weight | {'path':'$.resource.id','take':'first','x':1} | fhir.columns.weight.x: unknown member",
                "fhir.columns.gender | {'path':'$.resource.id','take':'count'} | fhir.columns.gender.take: expected first or",
                "fhir.columns.gender | {'path':'$.resource.id','take':'exists'} | fhir.columns.gender.take: expected first or",
                "fhir.columns.hypertension.take | 'count' | fhir.columns.hypertension.take: expected first or last for a"
            })
    void parse_oneMemberAmiss_namesIt(String member, String value, String message) {
        String json = value == null ? "" : value.replace('\'', '"');
        ObjectNode document = Documents.with(FhirPackages.full(), "resources[0]." + member, json);
        assertThatThrownBy(() -> Packages.parse(document))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("resources[0]." + message);
    }

    @Test
    void parse_recordAsUnitThatShowsInOthers_isRefused() {
        ObjectNode json = Documents.with(FhirPackages.full(), "resources[0].coreason.privacy_unit", "\"record\"");
        Documents.with(
                json, "resources[0].fhir.columns.conditions.path", "\"$.patient.Observation[*].valueQuantity.value\"");
        assertThatThrownBy(() -> Packages.parse(json))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(
                        "resources[0].coreason.privacy_unit: expected the patient, as $.patient.Observation is read,"
                                + " got record");
    }

    @Test
    void files_ofAFolder_areThoseOfFhirByName() throws Exception {
        for (String name : new String[] {
            "b.json",
            "a.ndjson",
            "C.json",
            "D.NDJSON",
            "e.ndjson.gz",
            "F.JSON.GZ",
            "notes.txt",
            "x.csv",
            "y.csv",
            "John Doe"
        }) {
            Files.writeString(records().resolve(name), "");
        }
        Files.createDirectories(records().resolve("sub"));
        Files.writeString(records().resolve("sub/d.json"), "");
        DataPackage read = read(FhirPackages.full());
        assertThat(read.files(read.resources().get(0)))
                .extracting(f -> f.getFileName().toString())
                .containsExactly("C.json", "D.NDJSON", "F.JSON.GZ", "a.ndjson", "b.json", "e.ndjson.gz");
        assertThat(read.passedOver(read.resources().get(0)))
                .containsExactly(
                        "2 files that end in .csv in records were not read",
                        "1 files that end in .txt in records were not read",
                        "1 files that end in no known way in records were not read",
                        "1 folders in records were not read");
        assertThat(read.file(read.resources().get(0))).isEqualTo(records().toRealPath());
    }

    @Test
    void files_ofOneFile_areThat() throws Exception {
        Files.writeString(folder.resolve("records"), "");
        DataPackage read = read(FhirPackages.full());
        assertThat(read.files(read.resources().get(0)))
                .containsExactly(folder.resolve("records").toRealPath());
    }

    @Test
    void read_folderWithoutFiles_isRefused() throws Exception {
        Files.writeString(records().resolve("notes.txt"), "");
        assertThatThrownBy(() -> read(FhirPackages.full()))
                .hasMessage(
                        "resources[0].path: expected 1 to 1000000 files that end in [.json, .json.gz, .ndjson, .ndjson.gz], got 0");
    }

    @Test
    void files_ofWhatWasDeleted_areReadToo() throws Exception {
        Files.writeString(records().resolve("a.ndjson"), "");
        Files.writeString(Files.createDirectories(records().resolve("deleted")).resolve("1.ndjson"), "");
        DataPackage read = read(FhirPackages.full());
        assertThat(read.files(read.resources().get(0)))
                .extracting(f -> f.getFileName().toString())
                .containsExactly("a.ndjson", "1.ndjson");
        assertThat(read.passedOver(read.resources().get(0))).isEmpty();
    }

    @Test
    void read_linkOutOfTheFolder_isRefusedWithoutItsName(@TempDir Path outside) throws Exception {
        Path secret = Files.writeString(outside.resolve("secret.json"), "");
        Files.writeString(records().resolve("a.json"), "");
        Files.createSymbolicLink(records().resolve("john_doe.json"), secret);
        assertThatThrownBy(() -> read(FhirPackages.full()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("resources[0].path: expected a file within the package's folder, "
                        + "got file 2 of records, which links outside");
    }

    @Test
    void read_folderThatLinksOut_isRefused(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("a.json"), "");
        Files.createSymbolicLink(folder.resolve("records"), outside);
        assertThatThrownBy(() -> read(FhirPackages.full())).hasMessageContaining("which links outside");
    }

    @Test
    void read_whatIsNoPlainFile_isRefused() throws Exception {
        Files.createDirectories(records().resolve("a.json"));
        assertThatThrownBy(() -> read(FhirPackages.full()))
                .hasMessage("resources[0].path: expected plain files, got file 1 of records");
        Files.delete(records().resolve("a.json"));
        Files.delete(records());
        assertThatThrownBy(() -> read(FhirPackages.full()))
                .hasMessage("resources[0].path: expected an existing file or folder, got records");
    }

    @ParameterizedTest
    @CsvSource({"records, false", "records/a.json, false", "records/a.json, true", "link, false", "hard.csv, true"})
    void read_twoResourcesOverOneFile_isRefused(String path, boolean csv) throws Exception {
        Path file = Files.writeString(records().resolve("a.json"), "");
        Files.createSymbolicLink(folder.resolve("link"), records());
        Files.createLink(folder.resolve("hard.csv"), file);
        assertThatThrownBy(() -> read(two(path, csv)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("resources[1].path: expected another file than that of resource node_a, got ");
    }

    @Test
    void read_oneFileTwiceInAFolder_isRefused() throws Exception {
        Path file = Files.writeString(records().resolve("a.json"), "");
        Files.createLink(records().resolve("b.json"), file);
        assertThatThrownBy(() -> read(FhirPackages.full()))
                .hasMessage("resources[0].path: expected another file than that of resource node_a, got records");
    }

    @Test
    void read_foldersApart_areAccepted() throws Exception {
        Files.writeString(records().resolve("a.json"), "");
        Files.createDirectories(records().resolve("sub"));
        Files.writeString(records().resolve("sub/b.json"), "");
        assertThat(read(two("records/sub", false)).resources()).hasSize(2);
    }
}
