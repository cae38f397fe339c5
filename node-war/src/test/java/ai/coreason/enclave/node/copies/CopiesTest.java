package ai.coreason.enclave.node.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.coreason.enclave.sentry.contract.NodeDataset;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.tensor.DType;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a copy of what: {@code heart}, the people from 0 to 199 unless a test says otherwise, is read first. */
class CopiesTest {
    private static final NodeDataset HEART = new NodeDataset("node_a", "heart");

    @TempDir
    private Path folder;

    private FingerprintFolder prints;
    private ReadPackage reader;

    @BeforeEach
    void site() {
        prints = new FingerprintFolder(folder.resolve("fingerprints"), "node_a");
        reader = new ReadPackage(folder);
    }

    private List<Copy> second(String file, String fields, String about) throws Exception {
        assertThat(reader.people(prints, "heart", 0, 200)).isEmpty();
        return reader.csv(prints, "lung", file, fields, about);
    }

    @Test
    void keep_sameRecordsReordered_isACopy() throws Exception {
        List<String> lines = Arrays.asList(People.lines(0, 200, People::line).split("(?<=\n)"));
        Collections.shuffle(lines, new Random(1));
        assertThat(second(People.HEADER + String.join("", lines), People.FIELDS, ""))
                .containsExactly(new Copy(HEART, 200));
    }

    @Test
    void keep_columnsReorderedAndRenamed_isACopy() throws Exception {
        String file = "Ort,Gewicht,Besuch,Alter,Nummer\n"
                + People.lines(
                        0,
                        200,
                        p -> People.text("%s,%.2f,%s,%d,p%06d\n", p.town(), p.weight(), p.seen(), p.age(), p.number()));
        assertThat(second(file, """
                [{"name": "Ort", "type": "string"}, {"name": "Gewicht", "type": "number"},
                 {"name": "Besuch", "type": "date"}, {"name": "Alter", "type": "integer"},
                 {"name": "Nummer", "type": "string"}]""", "")).hasSize(1);
    }

    /** Other separators, quotes, decimals, days, case, spaces and missing values. */
    @ParameterizedTest
    @CsvSource({"%.3f, dd.MM.yyyy", "%.1e, M/d/yyyy", "+%.2f, yyyy/MM/dd", "%010.2f, yyyy-MM-dd'T00:00:00Z'"})
    void keep_reformattedNumbersAndDays_isACopy(String weight, String day) throws Exception {
        DateTimeFormatter days = DateTimeFormatter.ofPattern(day, Locale.ROOT);
        String first = People.HEADER
                + People.lines(
                        0,
                        200,
                        p -> People.text(
                                "p%06d,%d,%s,%s,%s\n",
                                p.number(), p.age(), Math.rint(p.weight() / 10) * 10, p.seen(), p.town()));
        assertThat(reader.csv(prints, "heart", first, People.FIELDS, "")).isEmpty();

        String file = "id;age;weight;seen;town;fax\r\n"
                + People.lines(
                        0,
                        200,
                        p -> People.text(
                                "'p%06d';0%d;" + weight + ";%s;' %s';NIL\r\n",
                                p.number(),
                                p.age(),
                                Math.rint(p.weight() / 10) * 10,
                                p.seen().format(days),
                                p.town().toUpperCase(Locale.ROOT)));
        String fields = People.FIELDS.replace("]", ", {\"name\": \"fax\", \"type\": \"string\"}]");
        assertThat(reader.csv(
                        prints,
                        "lung",
                        file,
                        fields + ", \"missingValues\": [\"NIL\"]",
                        "\"dialect\": {\"delimiter\": \";\", \"quoteChar\": \"'\"},"))
                .hasSize(1);
    }

    /** Numbers with a comma are texts of a column, as no schema here describes them otherwise. */
    @Test
    void keep_decimalComma_isACopy() throws Exception {
        String file = "id;age;weight;seen;town\n"
                + People.lines(
                        0,
                        200,
                        p -> People.text(
                                "p%06d;%d;%s;%s;%s\n",
                                p.number(),
                                p.age(),
                                People.text("%.2f", p.weight()).replace('.', ','),
                                p.seen(),
                                p.town()));
        assertThat(second(
                        file,
                        People.FIELDS.replace("\"weight\", \"type\": \"number\"", "\"weight\", \"type\": \"string\""),
                        "\"dialect\": {\"delimiter\": \";\"},"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"record\"; \"primaryKey\": \"id\"", "{\"column\": \"id\", \"max_records\": 1}; \"$comment\": 1"
            })
    void keep_otherPseudonyms_isACopy(String about) throws Exception {
        String unit = about.substring(0, about.indexOf(';'));
        String more = about.substring(about.indexOf(';') + 1);
        for (String dataset : List.of("heart", "lung")) {
            String name = dataset.equals("heart") ? "p%06d" : "x%d";
            Files.writeString(
                    folder.resolve(dataset + ".csv"),
                    People.HEADER
                            + People.lines(
                                    0,
                                    200,
                                    p -> p.line()
                                            .replace(
                                                    People.text("p%06d", p.number()),
                                                    People.text(name, p.number() * 31))));
            DataPackage data = reader.describe(
                    dataset, """
                    {"name": "r", "path": "%s.csv", "format": "csv", "schema": {"fields": %s, %s}, %s}
                    """.formatted(dataset, People.FIELDS, more, ReadPackage.coreason(dataset, unit)));
            List<Copy> copies = reader.read(prints, data);
            assertThat(copies).hasSize(dataset.equals("heart") ? 0 : 1);
        }
    }

    /** One of the two schemas says that the id names a record, the other does not know. */
    @Test
    void keep_sameFileUnderAnotherSchema_isACopy() throws Exception {
        assertThat(second(People.file(0, 200), People.FIELDS.replace("]", "], \"primaryKey\": \"id\""), ""))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"10000, 10000, 1000", "50000, 1000, 100", "1000, 50000, 100", "30, 30, 3", "200, 100000, 200"})
    void keep_aTenthOfTheSmallerShared_isACopy(int first, int second, int shared) throws Exception {
        assertThat(reader.people(prints, "heart", 0, first)).isEmpty();
        assertThat(reader.people(prints, "lung", first - shared, first - shared + second))
                .singleElement()
                .satisfies(c -> assertThat(c.records()).isEqualTo(shared));
    }

    @ParameterizedTest
    @CsvSource({"10000, 10000, 300", "50000, 1000, 30", "10000, 10000, 0", "20, 20, 2"})
    void keep_fewOrNoneShared_isNoCopy(int first, int second, int shared) throws Exception {
        assertThat(reader.people(prints, "heart", 0, first)).isEmpty();
        assertThat(reader.people(prints, "lung", first - shared, first - shared + second))
                .isEmpty();
    }

    /** A tenth of the patients, who have from 1 to 20 records each. */
    @Test
    void keep_aTenthOfUnitsOfManyLengths_isACopy() throws Exception {
        for (int i = 0; i < 2; i++) {
            int from = i == 0 ? 0 : 900;
            StringBuilder file = new StringBuilder(People.HEADER);
            for (int unit = from; unit < from + 1000; unit++) {
                int records = 1 + new SplittableRandom(unit).nextInt(20);
                file.append(People.lines(unit * 20, unit * 20 + records, People::line));
            }
            List<Copy> copies = reader.csv(prints, i == 0 ? "heart" : "lung", file.toString(), People.FIELDS, "");
            assertThat(copies).hasSize(i);
        }
    }

    @Test
    void keep_recordsOfMissingValues_areNoRecords() throws Exception {
        String file = People.HEADER + "a,,,,\nb,,,,\nc,,,,\nd,,,,\n";
        String fields = People.FIELDS.replace("]", "], \"primaryKey\": \"id\"");
        assertThat(reader.csv(prints, "heart", file, fields, "")).isEmpty();
        assertThat(reader.csv(prints, "lung", file, fields, "")).isEmpty();
    }

    @Test
    void keep_nothingButKeys_comparesTheKeys() throws Exception {
        String fields = "[{\"name\": \"id\", \"type\": \"string\"}], \"primaryKey\": \"id\"";
        assertThat(reader.csv(prints, "heart", "id\na\nb\nc\n", fields, "")).isEmpty();
        assertThat(reader.csv(prints, "lung", "id\nc\nb\na\n", fields, "")).hasSize(1);
        assertThat(reader.csv(prints, "other", "id\nx\ny\nz\n", fields, "")).isEmpty();
    }

    private static String panel(int from, int to, boolean reversed) {
        StringBuilder file = new StringBuilder();
        List<String> header = IntStream.range(0, 60).mapToObj(i -> "g" + i).collect(Collectors.toList());
        for (int i = from - 1; i < to; i++) {
            SplittableRandom random = new SplittableRandom(i);
            List<String> cells = i < from
                    ? header
                    : header.stream().map(h -> "" + random.nextInt(2)).collect(Collectors.toList());
            if (reversed) {
                Collections.reverse(cells);
            }
            file.append(String.join(",", cells)).append('\n');
        }
        return file.toString();
    }

    /** 60 columns of zeros and ones: without their names, most people would be like somebody else. */
    @Test
    void keep_panelsOfZerosAndOnes_areToldApart() throws Exception {
        String fields = IntStream.range(0, 60)
                .mapToObj(i -> "{\"name\": \"g%d\", \"type\": \"integer\"}".formatted(i))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(reader.csv(prints, "heart", panel(0, 500, false), fields, ""))
                .isEmpty();
        assertThat(reader.csv(prints, "lung", panel(500, 1000, false), fields, ""))
                .isEmpty();
        assertThat(reader.csv(prints, "other", panel(400, 900, true), fields, ""))
                .hasSize(2);
    }

    @Test
    void keep_fhirExportOfATable_isACopy() throws Exception {
        Files.createDirectory(folder.resolve("export"));
        Files.writeString(
                folder.resolve("export/all.ndjson"),
                People.lines(0, 200, p -> People.text("""
                        {"resourceType": "Patient", "id": "q%1$d", "address": [{"city": "%2$s"}]}
                        {"resourceType": "Observation", "id": "o%1$d", "subject": {"reference": "Patient/q%1$d"},\
                         "effectiveDateTime": "%3$sT00:00:00Z", "valueQuantity": {"value": %4$.1f0},\
                         "component": [{"valueInteger": %5$d}]}
                        """, p.number(), p.town(), p.seen(), p.weight(), p.age())));
        DataPackage export = reader.describe("export", """
                {"name": "r", "path": "export", "format": "fhir",
                 "schema": {"fields": [{"name": "years", "type": "number"}, {"name": "kg", "type": "number"},
                   {"name": "when", "type": "datetime"}, {"name": "city", "type": "string"}]},
                 "fhir": {"resource": "Observation", "columns": {
                   "years": "$.resource.component[0].valueInteger", "kg": "$.resource.valueQuantity.value",
                   "when": "$.resource.effectiveDateTime", "city": "$.patient.Patient[0].address[0].city"}}, %s}
                """.formatted(
                        ReadPackage.coreason("export", "{\"column\": \"patient\", \"max_records\": 1}")));
        assertThat(reader.read(prints, export)).isEmpty();

        String table = People.HEADER
                + People.lines(
                        0,
                        200,
                        p -> People.text("p%06d,%d,%.1f,%s,%s\n", p.number(), p.age(), p.weight(), p.seen(), p.town()));
        assertThat(reader.csv(prints, "lung", table, People.FIELDS.replace("]", "], \"primaryKey\": \"id\""), ""))
                .containsExactly(new Copy(new NodeDataset("node_a", "export"), 200));
    }

    /** A safetensors file of examples x and labels y, of other types and names where asked for. */
    private DataPackage tensors(String dataset, List<Integer> examples, boolean wide, int side) throws IOException {
        int each = side == 0 ? 4 : side * side;
        ByteBuffer x = ByteBuffer.allocate(examples.size() * each * 8).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer y = ByteBuffer.allocate(examples.size());
        for (int example : examples) {
            SplittableRandom random = new SplittableRandom(example);
            for (int i = 0; i < each; i++) {
                float value = side == 0 ? (float) random.nextDouble() : random.nextInt(2);
                if (wide) {
                    x.putDouble(value);
                } else {
                    x.putFloat(value);
                }
            }
            y.put((byte) random.nextInt(2));
        }
        List<Long> shape = new ArrayList<>(List.of((long) examples.size()));
        shape.addAll(side == 0 ? List.of(4L) : List.of((long) side, (long) side));
        DType dtype = wide ? DType.F64 : DType.F32;
        String name = wide ? "inputs" : "x";
        Files.write(
                folder.resolve(dataset + ".safetensors"),
                Safetensors.write(
                        Map.of(),
                        List.of(
                                Tensor.of(name, dtype, shape, x.flip()),
                                Tensor.of("y", DType.U8, shape.subList(0, 1), y.flip()))));
        return reader.describe(dataset, """
                {"name": "r", "path": "%1$s.safetensors", "format": "safetensors",
                 "tensors": {"%2$s": {"dtype": "%3$s", "shape": %4$s}, "y": {"dtype": "U8", "shape": [null]}}, %5$s}
                """.formatted(
                        dataset,
                        name,
                        dtype,
                        side == 0 ? "[null, 4]" : "[null, %1$d, %1$d]".formatted(side),
                        ReadPackage.coreason(dataset, "\"record\"")));
    }

    private static List<Integer> shuffled(int from, int to) {
        List<Integer> numbers = IntStream.range(from, to).boxed().collect(Collectors.toList());
        Collections.shuffle(numbers, new Random(2));
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 40})
    void keep_tensorsOfAnotherTypeOrderAndName_isACopy(int side) throws Exception {
        assertThat(reader.read(prints, tensors("heart", shuffled(0, 200), false, side)))
                .isEmpty();
        assertThat(reader.read(prints, tensors("other", shuffled(200, 400), false, side)))
                .isEmpty();
        assertThat(reader.read(prints, tensors("lung", shuffled(180, 380), true, side)))
                .containsExactly(new Copy(new NodeDataset("node_a", "other"), 180), new Copy(HEART, 20));
    }

    @Test
    void keep_tableOfATensorsValues_isACopy() throws Exception {
        assertThat(reader.read(prints, tensors("heart", shuffled(0, 100), false, 0)))
                .isEmpty();
        StringBuilder file = new StringBuilder("label,a,b,c,d\n");
        for (int example = 0; example < 100; example++) {
            SplittableRandom random = new SplittableRandom(example);
            List<String> values = IntStream.range(0, 4)
                    .mapToObj(i -> "" + (float) random.nextDouble())
                    .toList();
            file.append(random.nextInt(2))
                    .append(',')
                    .append(String.join(",", values))
                    .append('\n');
        }
        String fields = """
                [{"name": "label", "type": "boolean"}, {"name": "a", "type": "number"}, {"name": "b", "type": "number"},
                 {"name": "c", "type": "number"}, {"name": "d", "type": "number"}]""";
        assertThat(reader.csv(prints, "lung", file.toString(), fields, "")).containsExactly(new Copy(HEART, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"heart", "mnist"})
    void keep_sitesOfAFederation_areNoCopiesOfEachOther(String federation) throws Exception {
        Path file = Path.of(System.getProperty("enclave.shared", "../shared"))
                .resolve("federations/" + federation + "/datapackage.json");
        if (!Files.exists(file) && "true".equals(System.getenv("CI"))) {
            fail("CI needs the acceptance data federations/" + federation);
        }
        Assumptions.assumeTrue(Files.exists(file), "the federation is not here");
        DataPackage data = DataPackage.read(file);
        List<DataResource> sites = new ArrayList<>(data.resources());
        for (DataResource site : sites) {
            FingerprintFolder ofSite = new FingerprintFolder(folder.resolve("fingerprints"), site.name());
            assertThat(ReadPackage.read(ofSite, data, site, Set.of()))
                    .as(site.name())
                    .isEmpty();
        }
        assertThat(ReadPackage.read(prints, data, sites.get(0), Set.of()))
                .singleElement()
                .satisfies(c ->
                        assertThat(c.other().nodeId()).isEqualTo(sites.get(0).name()));
    }
}
