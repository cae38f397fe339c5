package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.node.site.DatasetStandings;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        return Files.exists(standing)
                ? DatasetStanding.parse(Json.read(Files.readAllBytes(standing))).notes()
                : List.of();
    }

    private void train(String fields, String... features) throws IOException, Declined {
        LocalExamples local = new LocalExamples(new DatasetStandings(folder, Clock.systemUTC()), true);
        ObjectNode job = Jobs.document();
        ObjectNode dataset = (ObjectNode) job.get("dataset");
        dataset.set("features", Json.read("[" + String.join(",", features) + "]"));
        local.of(Jobs.job(job), offered(fields).named("heart").orElseThrow());
    }

    private OfferedDatasets offered(String fields) throws IOException {
        Files.writeString(folder.resolve("datapackage.json"), """
                {"resources": [{"name": "node_a", "path": "a.csv", "format": "csv", "schema": {"fields": [%s]},
                 "coreason": {"data_owner": "owner", "dataset_id": "heart", "privacy_unit": %s,
                              "declared_rows": 40, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(fields, unit));
        return OfferedDatasets.load(new SiteFile(
                "node_a",
                URI.create("https://127.0.0.1:9444"),
                folder.resolve("ca.pem"),
                folder.resolve("token"),
                folder.resolve("datapackage.json"),
                List.of("node_a"),
                new SitePolicy(true, Set.of()),
                Optional.of(folder.resolve("evidence.pem"))));
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
                        feature("age", "min_max"),
                        feature("age", "identity")))
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
                feature("age", "min_max"),
                feature("age", "identity"));
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
        String[] features = {feature("age", "min_max"), feature("age", "identity")};
        String four = records(38, "pid,age,label", "P%1$d,50,1\nP%1$d,50,1\nP%1$d,50,0\nP%1$d,50,0");
        assertThat(notes(four + "Q,50,0\n".repeat(40), fields, features)).isEmpty();
        assertThat(notes(four + "Q,50,0\n".repeat(41), fields, features))
                .singleElement()
                .asString()
                .startsWith(
                        "1 of 39 units of pid have more than 40 records, the largest 41, where three quarters have at"
                                + " most 4: ");
    }
}
