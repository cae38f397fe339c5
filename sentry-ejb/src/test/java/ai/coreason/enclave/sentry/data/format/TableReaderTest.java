package ai.coreason.enclave.sentry.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.schema.FieldType;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Rule;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableReaderTest {
    private static final String HEADER = "id,age,grade,smoker,label\n";

    private static Findings read(String csv) throws IOException {
        return TableReader.read(new StringReader(csv), Packages.table(), row -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"node_cleveland", "node_hungarian", "node_switzerland", "node_va"})
    void read_rawHeartFiles_findsWhatIsKnown(String node) throws Exception {
        Path folder = SharedData.file("federations/heart_raw");
        DataPackage data = DataPackage.read(folder.resolve("datapackage.json"));
        DataResource resource = data.resource(node).orElseThrow();
        Findings found = TableReader.read(data.file(resource), (CsvTable) resource.format(), row -> {});

        JsonNode expected = Json.read(Files.readAllBytes(folder.resolve("expected_findings.json")))
                .get(node);
        assertThat(found.rows()).isEqualTo(expected.get("rows").longValue());
        assertThat(found.missing()).isEqualTo(counts(expected.get("missing")));
        Map<String, Long> violations = new TreeMap<>();
        found.violations().keySet().forEach(column -> violations.put(column, found.violations(column)));
        assertThat(violations).isEqualTo(counts(expected.get("violations")));
    }

    private static Map<String, Long> counts(JsonNode json) {
        Map<String, Long> out = new TreeMap<>();
        json.properties().forEach(e -> out.put(e.getKey(), e.getValue().longValue()));
        return out;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "comma_in_quotes",
                "empty",
                "empty_crlf",
                "escaped_quotes",
                "json",
                "location_coordinates",
                "newlines",
                "newlines_crlf",
                "quotes_and_newlines",
                "simple",
                "simple_crlf",
                "utf8"
            })
    void read_awkwardFiles_givesTheirCells(String name) throws Exception {
        Path csv = SharedData.file("data/csv_spectrum/csvs/" + name + ".csv");
        JsonNode expected = Json.read(Files.readAllBytes(SharedData.file("data/csv_spectrum/json/" + name + ".json")));
        List<JsonNode> records = new ArrayList<>();
        (expected.isArray() ? expected : List.of(expected)).forEach(records::add);
        List<String> names = new ArrayList<>();
        records.get(0).fieldNames().forEachRemaining(names::add);

        List<List<Boolean>> same = new ArrayList<>();
        Findings found = TableReader.read(csv, Packages.texts(Dialect.DEFAULT, names), row -> {
            JsonNode record = records.get(same.size());
            List<Boolean> cells = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                cells.add(row.is(i, record.get(names.get(i)).textValue()));
            }
            same.add(cells);
        });

        assertThat(found.clean()).isTrue();
        assertThat(same).hasSize(records.size());
        for (List<Boolean> cells : same) {
            // the fixture of location_coordinates states another telephone number than its CSV
            int from = name.equals("location_coordinates") ? 1 : 0;
            assertThat(cells.subList(from, cells.size())).doesNotContain(false);
        }
    }

    @Test
    void read_valuesThatObey_isCleanAndGivesNumbers() throws Exception {
        List<String> seen = new ArrayList<>();
        Findings found = TableReader.read(
                new StringReader(HEADER + "ab,63.5,high,True,1\nac,0,low,?,0\n"), Packages.table(), row -> {
                    seen.add(row.number(1) + " " + row.enumIndex(2) + " " + row.number(3) + " " + row.missing(3) + " "
                            + row.enumIndex(4));
                });
        assertThat(found.clean()).isTrue();
        assertThat(found.missing()).isEqualTo(Map.of("smoker", 1L));
        assertThat(seen).containsExactly("63.5 1 1.0 false 1", "0.0 0 NaN true 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ab,,low,1,0 | age | REQUIRED",
                "ab,?,low,1,0 | age | REQUIRED",
                "ab,x,low,1,0 | age | TYPE",
                "ab,NaN,low,1,0 | age | TYPE",
                "ab,Infinity,low,1,0 | age | TYPE",
                "ab,1e999,low,1,0 | age | TYPE",
                "ab,0x1p3,low,1,0 | age | TYPE",
                "ab,1d,low,1,0 | age | TYPE",
                "ab, 1,low,1,0 | age | TYPE",
                "ab,-0.1,low,1,0 | age | MINIMUM",
                "ab,120.5,low,1,0 | age | MAXIMUM",
                "ab,1,LOW,1,0 | grade | ENUM",
                "ab,1,low,yes,0 | smoker | TYPE",
                "ab,1,low,1,2 | label | ENUM",
                "ab,1,low,1,0.0 | label | TYPE",
                "ab,1,low,1,9999999999999999 | label | TYPE",
                "a,1,low,1,0 | id | LENGTH",
                "abcde,1,low,1,0 | id | LENGTH",
                "ab,1,low,1 | (record) | CELLS",
                "ab,1,low,1,0,7 | (record) | CELLS"
            })
    void read_oneValueAmiss_isCountedUnderColumnAndRule(String record, String column, Rule rule) throws Exception {
        Findings found = read(HEADER + record + "\n");
        assertThat(found.violations()).isEqualTo(Map.of(column, Map.of(rule, 1L)));
        assertThat(found.rows()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "+1, 1", "-1.50, -1.5", ".7, 0.7", "2., 2", "1E2, 100", "1e-2, 0.01"})
    void decimal_formsOfNumbers_areUnderstood(String text, double value) {
        assertThat(FieldType.decimal(text)).isEqualTo(value);
    }

    @Test
    void read_valueAgainInAUniqueColumn_isCounted() throws Exception {
        Findings found = read(HEADER + "ab,1,low,1,0\nab,1,low,1,0\nab,1,low,1,0\n");
        assertThat(found.violations()).isEqualTo(Map.of("id", Map.of(Rule.UNIQUE, 2L)));
    }

    @Test
    void read_columnsInAnotherOrder_areFoundByName() throws Exception {
        assertThat(read("label,smoker,grade,age,id\n1,1,low,50,ab\n").clean()).isTrue();
    }

    @Test
    void read_headerForgotten_reportsPositionsAndNoValue() throws Exception {
        Findings found = read("ab,63.5,high,1,1\nac,1,low,1,0\n");
        assertThat(found.violations().keySet())
                .containsExactlyInAnyOrder(
                        "(column 1)",
                        "(column 2)",
                        "(column 3)",
                        "(column 4)",
                        "(column 5)",
                        "id",
                        "age",
                        "grade",
                        "smoker",
                        "label");
        assertThat(found.json().toString()).doesNotContain("63.5").doesNotContain("high");
    }

    @Test
    void read_columnTwice_isReportedByName() throws Exception {
        Findings found = read("id,age,grade,smoker,label,age\nab,1,low,1,0,2\n");
        assertThat(found.violations()).isEqualTo(Map.of("age", Map.of(Rule.REPEATED, 1L)));
    }

    @Test
    void read_columnAbsent_isReportedAndTheOthersAreChecked() throws Exception {
        Findings found = read("id,age,grade,smoker\nab,121,low,1\n");
        assertThat(found.violations())
                .isEqualTo(Map.of("label", Map.of(Rule.ABSENT, 1L), "age", Map.of(Rule.MAXIMUM, 1L)));
    }

    @Test
    void read_nothingAtAll_reportsEveryColumnAbsent() throws Exception {
        assertThat(read("").violations()).hasSize(5);
    }

    @Test
    void read_blankLinesAndByteOrderMark_arePassedOver() throws Exception {
        Findings found = read("\ufeff" + HEADER + "\nab,1,low,1,0\n\n\n");
        assertThat(found.clean()).isTrue();
        assertThat(found.rows()).isEqualTo(1);
    }

    @Test
    void read_otherDialect_isFollowed() throws Exception {
        Dialect dialect = Dialect.read(JsonFields.of(Json.read("""
                        {"header": false, "delimiter": ";", "quoteChar": "'", "escapeChar": "\\\\", "commentChar": "#",
                         "nullSequence": "NA", "skipInitialSpace": true}
                        """), "dialect"));
        List<Boolean> same = new ArrayList<>();
        Findings found = TableReader.read(
                new StringReader("# a comment\n'x;y'; it\\'s\nNA;z\n"),
                Packages.texts(dialect, List.of("a", "b")),
                row -> same.add(row.is(0, "x;y") && row.is(1, "it's") || row.missing(0) && row.is(1, "z")));
        assertThat(same).containsExactly(true, true);
        assertThat(found.missing()).isEqualTo(Map.of("a", 1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab,\"1,low,1,0\n", "ab,\"1\"x,low,1,0\n"})
    void read_quoteOutOfPlace_isRefusedWithoutTheText(String record) {
        assertThatThrownBy(() -> read(HEADER + record))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageMatching("file: expected well-formed CSV near line \\d+, got a quote out of place");
    }

    @Test
    void read_recordOfAMillionCharacters_isRefusedEvenOverManyLines() {
        assertThatThrownBy(() -> read(HEADER + "\"" + "abc\n".repeat(300_000) + "\",1,low,1,0\n"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("record: expected at most 1048576 characters near line ");
    }

    @Test
    void read_fileLongerThanTheRecordLimit_isRead() throws Exception {
        assertThat(read(HEADER + "?,1,low,1,0\n".repeat(100_000)).rows()).isEqualTo(100_000);
    }

    /** A reader decodes ahead of what it gives, so the line is looked for anew. */
    @ParameterizedTest
    @CsvSource({"1, LF", "350, LF", "5000, LF", "5000, CRLF", "5000, CR"})
    void read_notUtf8_isRefusedByItsLine(int line, String ends, @TempDir Path folder) throws Exception {
        String end = ends.replace("CR", "\r").replace("LF", "\n");
        String text = (HEADER + "\u00e9\u20ac,1,low,1,0\n".repeat(line - 1)).replace("\n", end);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(text.getBytes(StandardCharsets.UTF_8));
        bytes.write(("\u00e4b,1,low,1,0" + end + "ab,1,low,1,0" + end).getBytes(StandardCharsets.ISO_8859_1));
        Path file = Files.write(folder.resolve("a.csv"), bytes.toByteArray());
        assertThatThrownBy(() -> TableReader.read(file, Packages.table(), row -> {}))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("file, line " + (line + 1)
                        + ": expected text in UTF-8, got bytes of another encoding, as Latin-1 has them");
    }

    /** Each sequence that a decoder refuses, and its fellows that it takes. */
    @Test
    void firstLineOfOtherBytes_everyLeadAndSecondByte_judgesAsTheDecoder(@TempDir Path folder) throws Exception {
        for (int lead = 0x80; lead < 0x100; lead++) {
            for (int second = 0; second < 0x100; second++) {
                byte[] bytes = {'\n', (byte) lead, (byte) second, (byte) 0x80, (byte) 0x80, '\n', 'x'};
                int length = lead < 0xe0 ? 3 : lead < 0xf0 ? 4 : 5;
                byte[] line = Arrays.copyOf(bytes, length);
                boolean text = decodes(line);
                Path file = Files.write(folder.resolve("a.csv"), line);
                assertThat(Utf8Text.isUtf8(file)).as("%02x %02x", lead, second).isEqualTo(text);
            }
        }
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void read_violations_tellTheLineOfTheFirst() throws Exception {
        Findings found = read(HEADER + "ab,1,low,1,0\nac,\"121\",\"lo\nx\",1,0\nad,122,low,1,0\nae,1,low,1,7\n");
        assertThat(found.notes())
                .startsWith(
                        "age: MAXIMUM first on line 3", "grade: ENUM first on line 3", "label: ENUM first on line 6");
    }

    @Test
    void read_wholeNumbersThatAreNoIntegers_areExplainedWithoutTheirValue() throws Exception {
        assertThat(read(HEADER + "ab,1,low,1,1.0\n").notes())
                .contains(
                        "label: whole numbers written with a point or an exponent, such as 1.0, are no integers; write"
                                + " them in full, from their source where a spreadsheet has shortened them (a column that"
                                + " measures something can be a number, one that names somebody cannot)");
        assertThat(read(HEADER + "ab,1,low,1,9007199254740993\n").notes())
                .contains(
                        "label: whole numbers beyond 2^53 cannot be held exactly; declare the column string if they are"
                                + " names");
        assertThat(FieldType.whole("9007199254740992")).isEqualTo(9007199254740992.0);
        assertThat(FieldType.whole("-9007199254740992")).isEqualTo(-9007199254740992.0);
        assertThat(FieldType.whole("9007199254740993")).isNaN();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "gro\u0308\u00dfe | with letters in another Unicode form",
                "Gr\u00f6\u00dfe | with other spaces or letters of another case",
                "gr\u00f6\u00dfe\u200b | with other spaces or letters of another case"
            })
    void read_columnThatLooksTheSame_isToldSo(String header, String how) throws Exception {
        CsvTable table = Packages.texts(Dialect.DEFAULT, List.of("a", "gr\u00f6\u00dfe"));
        Findings found = TableReader.read(new StringReader("a," + header + "\n1,2\n"), table, row -> {});
        assertThat(found.violations().keySet()).containsExactlyInAnyOrder("(column 2)", "gr\u00f6\u00dfe");
        assertThat(found.notes())
                .anyMatch(n ->
                        n.startsWith("column 2 of the header looks like the declared gr\u00f6\u00dfe, but " + how));
    }

    @Test
    void read_valueThatLooksLikeADeclaredOne_isToldSo() throws Exception {
        assertThat(read(HEADER + "ab,1,LOW,1,0\n").notes())
                .contains("grade: values look like declared ones, but with other spaces or letters of another case");
    }

    private static Findings keyed(String keys, String csv) throws IOException {
        JsonNode schema = Json.read("""
                {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"},
                            {"name": "when", "type": "date", "format": "%d.%m.%Y"}], "missingValues": [""], KEYS}
                """.replace("KEYS", keys));
        CsvTable table = new CsvTable(Dialect.DEFAULT, TableSchema.read(JsonFields.of(schema, "schema")));
        return TableReader.read(new StringReader("a,b,when\n" + csv), table, row -> {});
    }

    @Test
    void read_keys_areChecked() throws Exception {
        String csv = "x,1,\nx,2,\nx,+1,\n,1,\n,1,\n";
        assertThat(keyed("\"primaryKey\": [\"a\", \"b\"]", csv).violations())
                .isEqualTo(Map.of("(a, b)", Map.of(Rule.UNIQUE, 1L), "a", Map.of(Rule.REQUIRED, 2L)));
        assertThat(keyed("\"uniqueKeys\": [[\"b\", \"a\"], \"a\"]", csv).violations())
                .isEqualTo(Map.of("(b, a)", Map.of(Rule.UNIQUE, 1L), "a", Map.of(Rule.UNIQUE, 2L)));
        assertThat(keyed("\"primaryKey\": \"b\"", "x,1,\nx,2,\n").clean()).isTrue();
    }

    @Test
    void read_columnOfAnotherType_isReadAndTold() throws Exception {
        Findings found = keyed("\"title\": \"t\"", "x,1,whatever\n");
        assertThat(found.clean()).isTrue();
        assertThat(found.notes())
                .containsExactly("when: of a type whose values are not checked and that no job can use");
    }

    @Test
    void read_compressedFile_isReadByWhatItHolds(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("a.csv");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((HEADER + "ab,1,low,1,0\n").getBytes(StandardCharsets.UTF_8));
        }
        assertThat(TableReader.read(file, Packages.table(), row -> {}).rows()).isEqualTo(1);
    }

    @Test
    void toString_row_showsNoValue() throws Exception {
        List<String> shown = new ArrayList<>();
        TableReader.read(
                new StringReader(HEADER + "ab,63.5,high,1,1\n"), Packages.table(), row -> shown.add(row.toString()));
        assertThat(shown).containsExactly("Row[5 columns]");
    }

    @Test
    void read_quoteCharOfNull_takesQuotesForWhatTheyAre() throws Exception {
        JsonNode json = Json.read("{\"delimiter\": \"\\t\", \"quoteChar\": null, \"nullSequence\": null}");
        Dialect dialect = Dialect.read(JsonFields.of(json, "dialect"));
        List<String> cells = new ArrayList<>();
        Findings found = TableReader.read(
                new StringReader("a\tb\n\"x\t1\n10\"\ty\"\n"), Packages.texts(dialect, List.of("a", "b")), row -> {
                    cells.add(String.valueOf(row.value(0)));
                    cells.add(String.valueOf(row.value(1)));
                });
        assertThat(cells).containsExactly("\"x", "1", "10\"", "y\"");
        assertThat(found.notes()).isEmpty();
    }

    private static Findings texts(String dialect, String csv) throws IOException {
        Dialect read = Dialect.read(JsonFields.of(Json.read(dialect.replace('\'', '"')), "dialect"));
        return TableReader.read(new StringReader(csv), Packages.texts(read, List.of("id", "age")), row -> {});
    }

    /** Records whose ids begin with the character were gone without a word. */
    @Test
    void read_linesThatTheCommentCharacterTakes_areCounted() throws Exception {
        Findings found = texts("{'commentChar': '#'}", "# of May\nid,age\n#1,30\n#2,31\na,32\nb,33\n#3,34\n");
        assertThat(found.rows()).isEqualTo(2);
        assertThat(found.notes())
                .containsExactly(
                        "4 lines begin with the dialect's commentChar and were passed over: a record that begins"
                                + " with it is lost");
        assertThat(texts("{}", "id,age\n#1,30\n").notes()).isEmpty();
    }

    @Test
    void read_recordThatBreaksTheSchemaBehindComments_isFoundOnItsLine() throws Exception {
        JsonNode json = Json.read("{\"commentChar\": \"#\"}");
        CsvTable table = new CsvTable(
                Dialect.read(JsonFields.of(json, "dialect")), Packages.table().schema());
        Findings found = TableReader.read(
                new StringReader(HEADER + "id1,30,low,true,0\n# a\n# b\nid2,130,low,true,0\n"), table, row -> {});
        assertThat(found.notes()).contains("age: MAXIMUM first on line 5");
    }

    @Test
    void read_columnNamesAsARecord_areToldWithTheirLine() throws Exception {
        Findings joined = texts("{'commentChar': '#'}", "age,id\n1,a\n# b\nage,id\n2,c\nAge, ID\n");
        assertThat(joined.rows()).isEqualTo(4);
        assertThat(joined.notes())
                .contains("2 records are the names of the columns, the first on line 4: a second file may have been put"
                        + " behind the first with its header");
        assertThat(texts("{'header': false}", "id,age\na,1\n").notes())
                .containsExactly(
                        "1 records are the names of the columns, the first on line 1: the dialect's header false"
                                + " says that the first line is a record");
        assertThat(texts("{'header': false}", "age,id\nid,1\n").notes()).isEmpty();
    }

    @Test
    void read_columnNamesAgainThatBreakTheSchema_explainTheFindings() throws Exception {
        Findings found = read(HEADER + "id1,30,low,true,0\n" + HEADER);
        assertThat(found.clean()).isFalse();
        assertThat(found.notes())
                .anyMatch(n -> n.startsWith("1 records are the names of the columns, the first on line 3"));
    }
}
