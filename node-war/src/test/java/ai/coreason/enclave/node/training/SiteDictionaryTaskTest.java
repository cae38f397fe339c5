package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a site is told, and a job is refused for, by the site's dictionary: through the node's own reading of a dataset. */
class SiteDictionaryTaskTest {
    private static final String AGE =
            "{\"name\": \"age\", \"type\": \"number\", \"constraints\": {\"minimum\": 0, \"maximum\": 120}}";
    private static final String SEX =
            "{\"name\": \"sex\", \"type\": \"string\", \"constraints\": {\"enum\": [\"F\", \"M\"]}}";
    private static final String LABEL =
            "{\"name\": \"label\", \"type\": \"integer\", \"constraints\": {\"enum\": [0, 1]}}";

    @TempDir
    private Path folder;

    private String unit = "\"record\"";

    /** The notes that a site gets of its records when a job of these features is taken. */
    private List<String> notes(String records, String fields, String... features) throws Exception {
        Files.writeString(folder.resolve("a.csv"), records);
        train(fields, features);
        Path standing = DatasetStanding.file(folder, "heart");
        List<String> notes = Files.exists(standing)
                ? DatasetStanding.parse(Json.read(Files.readAllBytes(standing))).notes()
                : List.of();
        return notes.stream().filter(note -> !ofAlikeLines(note)).toList();
    }

    /** What is told of lines and labels because these records are all alike. */
    private static boolean ofAlikeLines(String note) {
        return note.contains("stand there again") || note.startsWith("all labels are one and the same");
    }

    private void train(String fields, String... features) throws IOException, Declined {
        LocalExamples local = new LocalExamples(SmallSite.standings(folder), SmallSite.fingerprints(folder), true);
        ObjectNode job = Jobs.document();
        ObjectNode dataset = (ObjectNode) job.get("dataset");
        dataset.set("features", Json.read("[" + String.join(",", features) + "]"));
        int width = 0;
        for (JsonNode feature : dataset.get("features")) {
            boolean wide = feature.get("encode").asText().equals("one_hot");
            width += wide ? feature.get("order").size() : 1;
        }
        ((ObjectNode) job.at("/model/inputs/0")).putArray("shape").add(width);
        local.of(Jobs.job(job), offered(fields).named("heart").orElseThrow());
    }

    private OfferedDatasets offered(String fields) throws IOException {
        Files.writeString(folder.resolve("datapackage.json"), """
                {"resources": [{"name": "node_a", "path": "a.csv", "format": "csv", "schema": {"fields": [%s]},
                 "coreason": {"data_owner": "owner", "dataset_id": "heart", "privacy_unit": %s,
                              "declared_rows": 40, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(fields, unit));
        return OfferedDatasets.load(SmallSite.in(folder, true));
    }

    private static String feature(String name, String encode, Consumer<ObjectNode> members) {
        ObjectNode feature = Json.object().put("field", name).put("encode", encode);
        members.accept(feature);
        return feature.toString();
    }

    private static String feature(String name, String encode) {
        return feature(name, encode, f -> {});
    }

    private static String records(int count, String header, String line) {
        return header + "\n"
                + IntStream.range(0, count)
                        .mapToObj(i -> line.formatted(i) + "\n")
                        .collect(Collectors.joining());
    }

    /** Names that a number cannot tell apart would make two persons one unit. */
    @ParameterizedTest
    @ValueSource(strings = {"number", "boolean"})
    void offer_unitColumnOfATypeThatMergesNames_isRefused(String type) {
        unit = "{\"column\": \"pid\", \"max_records\": 1}";
        String pid = "{\"name\": \"pid\", \"type\": \"%s\"}".formatted(type);
        assertThatThrownBy(() -> offered(pid + "," + AGE + "," + LABEL))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(
                        "privacy_unit.column: expected a field of type string or integer, as others make one"
                                + " of different names, got pid of type " + type);
    }

    /** Excel's 1.23457E+15 stands for many ids: no advice may lead to a type that takes it. */
    @Test
    void take_unitsAsASpreadsheetShortensThem_areRefusedWithoutAdviceToMergeThem() {
        unit = "{\"column\": \"pid\", \"max_records\": 1}";
        String pid = "{\"name\": \"pid\", \"type\": \"integer\"}";
        assertThatThrownBy(() -> notes(
                        records(20, "pid,age,label", "%d,50,1") + "1.23457E+15,50,0\n",
                        pid + "," + AGE + "," + LABEL,
                        feature("age", "min_max")))
                .isInstanceOf(Declined.class)
                .hasMessageContaining("from their source where a spreadsheet has shortened them")
                .hasMessageContaining("one that names somebody cannot")
                .hasMessageNotContaining("declare the column number");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, 1 of 38 units of pid have more than 1 records; the largest 3; where three quarters have at most 1: ",
        "1, 2, 1 of 38 units of pid have more than 1 records; the largest 2; where three quarters have at most 1: ",
        "2, 3, 1 of 38 units of pid have more than 2 records; the largest 3; where three quarters have at most 1: ",
        "3, 3, ''"
    })
    void take_unitWithFarMoreRecordsThanOthers_isToldToTheSite(int maxRecords, int nulls, String note)
            throws Exception {
        unit = "{\"column\": \"pid\", \"max_records\": %d}".formatted(maxRecords);
        List<String> notes = notes(
                records(37, "pid,age,label", "P%d,50,1") + "NULL,50,0\n".repeat(nulls),
                "{\"name\": \"pid\", \"type\": \"string\"}," + AGE + "," + LABEL,
                feature("age", "min_max"));
        if (note.isEmpty()) {
            assertThat(notes).isEmpty();
        } else {
            assertThat(notes).singleElement().asString().startsWith(note.replace(';', ','));
        }
    }

    @Test
    void take_unitsOfManyRecords_areToldOnlyWhereOneIsFarOff() throws Exception {
        unit = "{\"column\": \"pid\", \"max_records\": 1}";
        String fields = "{\"name\": \"pid\", \"type\": \"string\"}," + AGE + "," + LABEL;
        String[] features = {feature("age", "min_max")};
        String four = records(38, "pid,age,label", "P%1$d,50,1\nP%1$d,50,1\nP%1$d,50,0\nP%1$d,50,0");
        assertThat(notes(four + "Q,50,0\n".repeat(40), fields, features)).isEmpty();
        assertThat(notes(four + "Q,50,0\n".repeat(41), fields, features))
                .singleElement()
                .asString()
                .startsWith(
                        "1 of 39 units of pid have more than 40 records, the largest 41, where three quarters have at"
                                + " most 4: ");
    }

    /** The node holds a job's order against its own dictionary, whatever the Overseer let pass. */
    @Test
    void take_orderWithoutAValueOfTheSitesEnum_isRefusedWhateverTheRecordsAre() throws Exception {
        String order =
                feature("sex", "one_hot", f -> f.putArray("order").add("female").add("male"));
        for (String records : new String[] {"sex,label\n", "sex,label\nF,1\n", "sex,label\nbroken\n"}) {
            assertThatThrownBy(() -> notes(records, SEX + "," + LABEL, order))
                    .isInstanceOfSatisfying(
                            Declined.class, d -> assertThat(d.reason()).isEqualTo(DeclineReason.SCHEMA))
                    .hasMessageContaining(
                            "dataset.features[0].order: expected all values of the enum that the local schema"
                                    + " of sex has to have");
        }
        String more =
                feature("sex", "one_hot", f -> f.putArray("order").add("M").add("F"));
        assertThat(notes(records(40, "sex,label", "F,1"), SEX + "," + LABEL, more))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"min_max, 120, 200", "identity, -5, 0", "standardise, 200, 300"})
    void take_boundsThatMakeAllNumbersOne_areRefused(String encode, double least, double most) {
        String age = feature("age", encode, f -> {
            f.put("minimum", least).put("maximum", most);
            if (encode.equals("standardise")) {
                f.put("mean", 0).put("std", 1);
            }
        });
        assertThatThrownBy(() -> notes("age,label\n", AGE + "," + LABEL, age))
                .isInstanceOfSatisfying(
                        Declined.class, d -> assertThat(d.reason()).isEqualTo(DeclineReason.SCHEMA))
                .hasMessageContaining(
                        "dataset.features[0].minimum: expected bounds that have numbers in common with those of"
                                + " the local schema of age");
    }

    /** Where no enum and no bounds say better, what a job's own lose is told to the site. */
    @Test
    void take_valuesThatTheJobsOrderOrBoundsLose_areToldToTheSite() throws Exception {
        String fields = "{\"name\": \"age\", \"type\": \"number\"}, {\"name\": \"sex\", \"type\": \"string\"}," + LABEL;
        String order = feature("sex", "one_hot", f -> f.putArray("order").add("M"));
        String bounds = feature("age", "min_max", f -> f.put("minimum", 0).put("maximum", 120));
        assertThat(notes(records(30, "age,sex,label", "50,M,1") + "600,f,1\n".repeat(10), fields, order, bounds))
                .containsExactly(
                        "10 of 40 records have a value of sex that the job's order leaves out: it is read as zeros",
                        "10 of 40 records have a value of age beyond the job's bounds: it is read as the bound");
    }

    @ParameterizedTest
    @ValueSource(strings = {"one_hot", "identity", "binary"})
    void take_columnThatSaysWhoseARecordIs_isNoInput(String encode) {
        unit = "{\"column\": \"pid\", \"max_records\": 1}";
        String pid = feature("pid", encode, f -> {
            if (!encode.equals("identity")) {
                f.putArray("order").add(1).add(2);
            }
        });
        assertThatThrownBy(() -> notes(
                        "pid,age,label\n", "{\"name\": \"pid\", \"type\": \"integer\"}," + AGE + "," + LABEL, pid))
                .isInstanceOfSatisfying(
                        Declined.class, d -> assertThat(d.reason()).isEqualTo(DeclineReason.SCHEMA))
                .hasMessageContaining("dataset.features[0].field: expected another field than the one that says whose a"
                        + " record is, got pid");
    }
}
