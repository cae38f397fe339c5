package ai.coreason.enclave.sentry.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.Documents;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.data.format.Packages;
import ai.coreason.enclave.sentry.data.schema.Field;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataPackageTest {
    @TempDir
    Path folder;

    private Path write(ObjectNode json) throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        for (String file : new String[] {"a.csv", "sub/b.safetensors"}) {
            if (!Files.exists(folder.resolve(file))) {
                Files.writeString(folder.resolve(file), "x");
            }
        }
        return Files.write(folder.resolve("datapackage.json"), Json.write(json));
    }

    @Test
    void read_bothFormats_givesSchemaTermsAndFiles() throws Exception {
        DataPackage read = DataPackage.read(write(Packages.full()));
        DataResource table = read.resource("node_a").orElseThrow();
        assertThat(table.dataset().unit()).isEqualTo(PrivacyUnit.RECORD);
        assertThat(table.dataset().declaredRows()).isEqualTo(100);
        assertThat(Packages.table().schema().fields())
                .extracting(Field::name)
                .containsExactly("id", "age", "grade", "smoker", "label");
        assertThat(read.file(table)).isEqualTo(folder.resolve("a.csv").toRealPath());
        assertThat(Packages.tensors().tensors().get("x").exampleShape()).containsExactly(2L, 2L);
    }

    /** A number that no bound excludes is public, as it is a value at a site that has no such word. */
    @Test
    void dictionary_numberForAMissingValue_isToldWhereNothingElseExcludesIt() {
        ObjectNode json = Documents.with(
                Documents.with(Packages.full(), "resources[0].schema.missingValues", "[\"\", \"-9\", \"NA\"]"),
                "resources[0].schema.fields[2]",
                "{\"name\": \"bp\", \"type\": \"number\"}");
        PublicDictionary told = Packages.parse(json).resources().get(0).dictionary();
        assertThat(told.fields().stream().filter(f -> !f.missing().isEmpty()))
                .singleElement()
                .satisfies(f -> assertThat(f.name()).isEqualTo("bp"))
                .satisfies(f -> assertThat(f.missing()).containsExactly(-9.0));
        assertThat(PublicDictionary.parse(told.json())).isEqualTo(told);
    }

    /** No job can name the column that says whose a record is. */
    @Test
    void dictionary_columnThatNamesTheUnits_isLeftOut() {
        ObjectNode json = Documents.with(
                Packages.full(), "resources[0].coreason.privacy_unit", "{\"column\": \"id\", \"max_records\": 1}");
        assertThat(Packages.parse(json).resources().get(0).dictionary().field("id"))
                .isEmpty();
        assertThat(Packages.parse(Packages.full())
                        .resources()
                        .get(0)
                        .dictionary()
                        .field("id"))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({"I64, true", "I32, true", "U8, true", "BOOL, false", "F32, false", "F64, false"})
    void parse_tensorAsUnit_isOneOfWholeNumbers(String dtype, boolean whole) {
        ObjectNode json = Documents.with(
                Documents.with(Packages.full(), "resources[1].tensors.y.dtype", '"' + dtype + '"'),
                "resources[1].coreason.privacy_unit",
                "{\"column\": \"y\", \"max_records\": 3}");
        if (whole) {
            assertThat(Packages.parse(json).resources().get(1).dataset().unit()).isEqualTo(new PrivacyUnit("y", 3));
        } else {
            assertThatThrownBy(() -> Packages.parse(json)).isInstanceOf(InvalidDocument.class);
        }
    }

    /** What only describes, and what says again how it is read anyway. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "keywords | ['a']",
                "resources[0].licenses | []",
                "resources[0].scheme | 'file'",
                "resources[0].type | 'table'",
                "resources[0].compression | 'gz'",
                "resources[0].encoding | 'UTF-8'",
                "resources[0].dialect.lineTerminator | '\\r\\n'",
                "resources[0].dialect.caseSensitiveHeader | true",
                "resources[0].schema.fieldsMatch | 'equal'",
                "resources[0].schema.description | 'x'",
                "resources[0].schema.fields[0].rdfType | 'http://x'",
                "resources[0].schema.fields[0].description | 'x'",
                "resources[0].schema.fields[0].format | 'default'",
                "resources[0].schema.fields[0].unit | 'mmol/l'",
                "resources[0].schema.fields[1].bareNumber | true",
                "resources[0].schema.fields[2].type | 'date'",
                "resources[0].schema.fields[3].trueValues | ['Y']",
                "resources[0].schema.fields[3].constraints | {'enum':[true,false]}",
                "resources[0].schema.fields[3].constraints | {'enum':['1']}"
            })
    void parse_memberThatIsUnderstood_isAccepted(String path, String value) {
        ObjectNode json = Documents.with(Packages.full(), path, value.replace('\'', '"'));
        assertThat(Packages.parse(json).resources()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"heart", "heart_raw", "mnist"})
    void read_sampleFederations_areAccepted(String name) throws Exception {
        DataPackage read = DataPackage.read(SharedData.file("federations/" + name + "/datapackage.json"));
        assertThat(read.resources()).hasSize(4);
        for (DataResource resource : read.resources()) {
            assertThat(read.file(resource)).isRegularFile();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../a.csv",
                "sub/../../a.csv",
                "/etc/passwd",
                "http://example.org/a.csv",
                "C:\\a.csv",
                "sub\\a.csv",
                "./a.csv",
                "sub//a.csv",
                "sub/",
                "",
                " ",
                "a\u0000.csv",
                "..",
                "file:a.csv"
            })
    void parse_pathThatCouldLeadOut_isRefused(String path) {
        ObjectNode json = Packages.full();
        ((ObjectNode) json.at("/resources/0")).put("path", path);
        assertThatThrownBy(() -> Packages.parse(json))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("resources[0].path: expected a relative path");
    }

    @Test
    void read_linkOutOfTheFolder_isRefused(@TempDir Path outside) throws Exception {
        Path secret = Files.writeString(outside.resolve("secret.csv"), "x");
        Files.createSymbolicLink(folder.resolve("a.csv"), secret);
        Path descriptor = write(Packages.full());
        assertThatThrownBy(() -> DataPackage.read(descriptor))
                .hasMessage("resources[0].path: expected a file within the package's folder, "
                        + "got a.csv, which links outside");
    }

    @Test
    void read_folderThatLinksOut_isRefused(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("b.safetensors"), "x");
        Files.createSymbolicLink(folder.resolve("sub"), outside);
        Files.writeString(folder.resolve("a.csv"), "x");
        Path descriptor = Files.write(folder.resolve("datapackage.json"), Json.write(Packages.full()));
        assertThatThrownBy(() -> DataPackage.read(descriptor)).hasMessageContaining("which links outside");
    }

    @Test
    void read_fileThatIsNotThere_isRefused() throws Exception {
        Path descriptor = write(Packages.full());
        Files.delete(folder.resolve("a.csv"));
        assertThatThrownBy(() -> DataPackage.read(descriptor))
                .hasMessage("resources[0].path: expected an existing plain file, got a.csv");
    }

    @Test
    void read_twoResourcesOverOneFile_isRefusedThroughLinksToo() throws Exception {
        Path target = Files.writeString(folder.resolve("one.csv"), "x");
        Files.createDirectories(folder.resolve("sub"));
        Files.createLink(folder.resolve("a.csv"), target);
        Files.createSymbolicLink(folder.resolve("sub/b.safetensors"), target);
        Path descriptor = write(Packages.full());
        assertThatThrownBy(() -> DataPackage.read(descriptor))
                .hasMessage("resources[1].path: expected another file than that of resource node_a, got one.csv");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "resources | [] | resources: expected 1 to 10000 resources, got 0",
                "resources[1].name | 'node_a' | resources[1].name: expected every name once, got node_a",
                "resources[0].name | 'a b' | resources[0].name: expected 1 to 64",
                "resources[0].path | ['a.csv'] | resources[0].path: expected a relative path",
                "resources[0].format | 'xlsx' | resources[0].format: expected csv, safetensors or fhir, got \"xlsx\"",
                "resources[0].format |  | resources[0].format: expected csv, safetensors or fhir, got nothing",
                "resources[0].data | [] | resources[0].data: not allowed here: name one plain file in path",
                "resources[0].encoding | 'latin1' | resources[0].encoding: expected utf-8",
                "resources[0].dialect.delimiter | ';;' | resources[0].dialect.delimiter: expected one character",
                "resources[0].dialect.delimiter | '#' | resources[0].dialect.delimiter: expected delimiter, quote",
                "resources[0].dialect.doubleQuote | false | resources[0].dialect.doubleQuote: expected true",
                "resources[0].dialect.headerRows | [1] | resources[0].dialect.headerRows: unknown member",
                "resources[0].schema |  | resources[0].schema: expected an object, got nothing",
                "resources[0].schema.fields | [] | resources[0].schema.fields: expected 1 to 20000 fields, got 0",
                "resources[0].schema.fields[1].name | 'id' | resources[0].schema.fields[1].name: expected every name",
                "resources[0].schema.fields[1].type | 'numbr' | resources[0].schema.fields[1].type: expected one of",
                "more | 1 | more: unknown member",
                "resources[0].more | 1 | resources[0].more: unknown member",
                "resources[0].hash | 'md5:ab' | resources[0].hash: unknown member",
                "resources[0].bytes | 7 | resources[0].bytes: unknown member",
                "resources[0].scheme | 's3' | resources[0].scheme: expected file",
                "resources[0].type | 'json' | resources[0].type: expected table",
                "resources[0].compression | 'zip' | resources[0].compression: expected gz",
                "resources[1].schema | {} | resources[1].schema: unknown member",
                "resources[0].dialect.lineTerminator | ';' | resources[0].dialect.lineTerminator: expected a line end",
                "resources[0].schema.foreignKeys | [] | resources[0].schema.foreignKeys: unknown member",
                "resources[0].schema.fieldsMatch | 'subset' | resources[0].schema.fieldsMatch: expected equal",
                "resources[0].schema.missing | [] | resources[0].schema.missing: unknown member",
                "resources[0].schema.primaryKey | 'nil' | resources[0].schema.primaryKey: expected names of fields",
                "resources[0].schema.primaryKey | ['id','id'] | resources[0].schema.primaryKey: expected names of fields",
                "resources[0].schema.primaryKey | [] | resources[0].schema.primaryKey: expected a field's name or an array",
                "resources[0].schema.uniqueKeys | [['id','nil']] | resources[0].schema.uniqueKeys[0]: expected names of",
                "resources[0].schema.uniqueKeys | 'id' | resources[0].schema.uniqueKeys: expected an array of keys",
                "resources[0].schema.fields[0].format | 'email' | resources[0].schema.fields[0].format: expected default",
                "resources[0].schema.fields[1].trueValues | ['1'] | resources[0].schema.fields[1].trueValues: unknown member",
                "resources[0].schema.fields[0].groupChar | '' | resources[0].schema.fields[0].groupChar: unknown member",
                "resources[0].schema.fields[0].categories | [] | resources[0].schema.fields[0].categories: unknown member",
                "resources[0].schema.fields[0].constraint | {} | resources[0].schema.fields[0].constraint: unknown member",
                "resources[0].schema.fields[0].unit | '' | resources[0].schema.fields[0].unit: expected 1 to 64 printable",
                "resources[0].schema.fields[1].constraints.exclusiveMinimum | 1 | resources[0].schema.fields[1].constraints.e",
                "resources[0].schema.fields[3].constraints | {'enum':[2]} | resources[0].schema.fields[3].constraints.enum: exp",
                "resources[0].schema.fields[3].constraints | {'enum':['true',true]} | resources[0].schema.fields[3].constraints.",
                "resources[0].schema.fields[1].decimalChar | ',' | resources[0].schema.fields[1].decimalChar: expected",
                "resources[0].schema.fields[1].format | 'x' | resources[0].schema.fields[1].format: expected default",
                "resources[0].schema.fields[1].constraints.pattern | 'a' | resources[0].schema.fields[1].constraints.p",
                "resources[0].schema.fields[1].constraints.minimum | 121 | resources[0].schema.fields[1].constraints.m",
                "resources[0].schema.fields[2].constraints.enum | [1] | resources[0].schema.fields[2].constraints.enum",
                "resources[0].schema.fields[4].constraints.enum | [0,0.0] | resources[0].schema.fields[4].constraints.e",
                "resources[0].schema.fields[4].constraints.enum | [] | resources[0].schema.fields[4].constraints.enum",
                "resources[0].schema.fields[0].constraints.minimum | 1 | resources[0].schema.fields[0].constraints.mi",
                "resources[0].schema.missingValues | [null] | resources[0].schema.missingValues[0]: expected a string",
                "resources[0].schema.missingValues | ['','low'] | resources[0].schema.missingValues: expected no text that is a"
                        + " value of field grade, got \"low\"",
                "resources[0].schema.missingValues | ['1.0'] | resources[0].schema.missingValues: expected no text that is a"
                        + " value of field age, got \"1.0\"",
                "resources[0].schema.missingValues | ['True'] | resources[0].schema.missingValues: expected no text that is"
                        + " a value of field smoker, got \"True\"",
                "resources[0].dialect.nullSequence | 'high' | resources[0].dialect.nullSequence: expected no text that is a"
                        + " value of field grade, got \"high\"",
                "resources[0].schema.fields[3].trueValues | ['Y','0'] | resources[0].schema.fields[3].falseValues: expected"
                        + " no text of trueValues",
                "resources[0].coreason |  | resources[0].coreason: expected an object, got nothing",
                "resources[0].coreason.delta | 0.01 | resources[0].coreason.delta: expected a number in (0, 1/declared",
                "resources[0].coreason.epsilon_ceiling | 6 | resources[0].coreason.epsilon_ceiling: expected a number",
                "resources[0].coreason.more | 6 | resources[0].coreason.more: unknown member",
                "resources[0].coreason.privacy_unit | {'column':'no','max_records':1} | resources[0].coreason.privacy",
                "resources[0].coreason.privacy_unit |  | resources[0].coreason.privacy_unit: expected \"record\" or an",
                "resources[1].coreason.privacy_unit |  | resources[1].coreason.privacy_unit: expected \"record\" or an",
                "resources[1].coreason.privacy_unit | {'column':'x','max_records':1} | resources[1].coreason.privacy_unit."
                        + "column: expected a tensor of dtype I64, I32 or U8 and shape [null], got x",
                "resources[1].coreason.privacy_unit | {'column':'z','max_records':1} | resources[1].coreason.privacy_unit."
                        + "column: expected a tensor of dtype I64, I32 or U8 and shape [null], got z",
                "resources[1].tensors | {} | resources[1].tensors: expected at least one tensor, got none",
                "resources[1].tensors.x.dtype | 'C64' | resources[1].tensors.x.dtype: expected one of F64, F32",
                "resources[1].tensors.x.shape | [5] | resources[1].tensors.x.shape[0]: expected null",
                "resources[1].tensors.x.shape | [null,0] | resources[1].tensors.x.shape[1]: expected a side >= 1, got 0",
                "resources[1].tensors.x.shape | [] | resources[1].tensors.x.shape: expected null and at most 7 sides",
                "resources[1].tensors.x.extra | 1 | resources[1].tensors.x.extra: unknown member"
            })
    void parse_oneMemberAmiss_namesIt(String path, String value, String message) {
        String json = value == null ? "" : value.replace('\'', '"');
        ObjectNode document = Documents.with(Packages.full(), "resources[0].dialect.commentChar", "\"#\"");
        assertThatThrownBy(() -> Packages.parse(Documents.with(document, path, json)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(message);
    }

    /** Null is not left out: who wrote it meant something. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resources[0].dialect",
                "resources[0].dialect.delimiter",
                "resources[0].dialect.header",
                "resources[0].dialect.lineTerminator",
                "resources[0].schema.primaryKey",
                "resources[0].schema.missingValues",
                "resources[0].schema.fields[0].type",
                "resources[0].schema.fields[0].unit",
                "resources[0].schema.fields[0].constraints",
                "resources[0].schema.fields[1].constraints.minimum",
                "resources[0].schema.fields[1].constraints.required",
                "resources[0].schema.fields[2].constraints.enum",
                "resources[0].schema.fields[3].trueValues",
                "resources[0].coreason.public",
                "resources[0].compression",
                "resources[1].tensors.x.minimum"
            })
    void parse_memberOfNull_isRefusedByName(String member) {
        ObjectNode document = Documents.with(Packages.full(), member, "null");
        assertThatThrownBy(() -> Packages.parse(document))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(member + ": expected a value, or the member left out, got null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "title",
                "resources[0].description",
                "resources[0].schema.fields[1].title",
                "resources[0].dialect.quoteChar",
                "resources[0].dialect.escapeChar",
                "resources[0].dialect.commentChar",
                "resources[0].dialect.nullSequence"
            })
    void parse_nullThatMeansNone_isTaken(String member) {
        assertThat(Packages.parse(Documents.with(Packages.full(), member, "null"))
                        .resources())
                .hasSize(2);
    }
}
