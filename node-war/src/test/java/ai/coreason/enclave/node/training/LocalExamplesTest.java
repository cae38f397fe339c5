package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.copies.FingerprintFolder;
import ai.coreason.enclave.node.site.DatasetStandings;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.NodeDataset;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies among the datasets of two nodes at one site, which share the folder of fingerprints. */
class LocalExamplesTest {
    private static final String ANSWER = "the site's records cannot be used until their owner acts";

    @TempDir
    private Path folder;

    private boolean simulation;

    /** A node's folder of state. */
    private Path state(String node) {
        return folder.resolve(node);
    }

    private Path shared() {
        return folder.resolve("shared");
    }

    /** Reads a dataset of so many records, from a number on, as a node that has just been started. */
    private int read(String node, String dataset, int from, int records) throws Exception {
        Path state = Files.createDirectories(state(node));
        StringBuilder csv = new StringBuilder("label,age,sex\n");
        for (int i = from; i < from + records; i++) {
            csv.append(i % 2)
                    .append(',')
                    .append(i)
                    .append(".0,")
                    .append(i / 3 % 2)
                    .append('\n');
        }
        Files.writeString(state.resolve(dataset + ".csv"), csv);
        Files.writeString(state.resolve("datapackage.json"), """
                {"name": "test", "resources": [{"name": "r", "path": "%1$s.csv", "format": "csv",
                 "schema": {"fields": [
                   {"name": "age", "type": "number", "constraints": {"minimum": 0, "maximum": 9999}},
                   {"name": "sex", "type": "number"},
                   {"name": "label", "type": "integer", "constraints": {"enum": [0, 1]}}]},
                 "coreason": {"data_owner": "owner", "dataset_id": "%1$s", "privacy_unit": "record",
                              "declared_rows": 100, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """.formatted(dataset));
        SiteFile site = new SiteFile(
                node,
                URI.create("https://127.0.0.1:9444"),
                folder.resolve("ca.pem"),
                folder.resolve("token"),
                state.resolve("datapackage.json"),
                List.of("r"),
                new SitePolicy(true, Set.of()),
                Optional.empty());
        return new LocalExamples(standings(node), new FingerprintFolder(shared(), node), simulation)
                .of(job(dataset), OfferedDatasets.load(site).named(dataset).orElseThrow())
                .count();
    }

    private static FederationJob job(String dataset) {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("dataset")).put("name", dataset);
        return Jobs.job(job);
    }

    private DatasetStandings standings(String node) {
        return new DatasetStandings(state(node), Clock.systemUTC());
    }

    private DatasetStanding standing(String node, String dataset) throws IOException {
        return DatasetStanding.parse(Json.read(Files.readAllBytes(DatasetStanding.file(state(node), dataset))));
    }

    private void reopen(String node, String dataset) throws IOException {
        Files.write(
                DatasetStanding.file(state(node), dataset),
                Json.write(standing(node, dataset).reopen().json()));
    }

    private List<Path> sketches() throws IOException {
        try (Stream<Path> files = Files.list(shared())) {
            return files.filter(f -> f.toString().endsWith(".sketch")).toList();
        }
    }

    private void assertDeclined(DeclineReason reason, String told, String node, String dataset, int from) {
        assertThatThrownBy(() -> read(node, dataset, from, 100)).isInstanceOfSatisfying(Declined.class, d -> {
            assertThat(d.reason()).isEqualTo(reason);
            assertThat(d.told()).isEqualTo(told);
        });
    }

    @Test
    void of_copyAtAnotherNode_closesItWithTheAnswerOfAllRefusals() throws Exception {
        assertThat(read("node_a", "heart", 0, 100)).isEqualTo(100);

        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_b", "lung", 90);

        DatasetStanding.Closure closed = standing("node_b", "lung").closed().orElseThrow();
        assertThat(closed.copyOf()).containsExactly(new NodeDataset("node_a", "heart"));
        assertThat(closed.why())
                .startsWith("about 10 of the records are also in dataset heart of node node_a: ")
                .contains("Remove the copy", "enclave node reopen");
        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_b", "lung", 500);
        assertThat(read("node_a", "heart", 0, 100)).isEqualTo(100);
    }

    @Test
    void of_copyInASimulation_isToldTheOtherDataset() throws Exception {
        simulation = true;
        read("node_a", "heart", 0, 100);

        assertThatThrownBy(() -> read("node_a", "lung", 0, 100))
                .isInstanceOfSatisfying(
                        Declined.class,
                        d -> assertThat(d.told())
                                .startsWith(ANSWER
                                        + ": about 100 of the records are also in dataset heart of node node_a"));
    }

    @Test
    void of_copyThatTheOwnerReopened_staysOpenAsDoesTheOther() throws Exception {
        read("node_a", "heart", 0, 100);
        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_b", "lung", 0);

        reopen("node_b", "lung");

        assertThat(read("node_b", "lung", 0, 100)).isEqualTo(100);
        assertThat(read("node_a", "heart", 0, 100)).isEqualTo(100);
        assertThat(read("node_b", "lung", 0, 100)).isEqualTo(100);
        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_b", "third", 0);
        assertThat(standing("node_b", "third").closed().orElseThrow().copyOf()).hasSize(2);
    }

    @Test
    void of_otherRecords_areTaken() throws Exception {
        assertThat(read("node_a", "heart", 0, 100)).isEqualTo(100);
        assertThat(read("node_b", "lung", 100, 100)).isEqualTo(100);
        assertThat(standing("node_b", "lung").closed()).isEmpty();
    }

    @Test
    void of_alteredFingerprints_closesUntilTheFileIsGone() throws Exception {
        read("node_a", "heart", 0, 100);
        Path sketch = sketches().get(0);
        byte[] bytes = Files.readAllBytes(sketch);
        bytes[40] ^= 1;
        Files.write(sketch, bytes);

        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_b", "lung", 500);

        DatasetStanding.Closure closed = standing("node_b", "lung").closed().orElseThrow();
        assertThat(closed.why())
                .startsWith("nobody can tell whether the records are copies: ")
                .contains(sketch.toString());
        assertThat(closed.copyOf()).isEmpty();
        reopen("node_b", "lung");
        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_b", "lung", 500);
        Files.delete(sketch);
        reopen("node_b", "lung");
        assertThat(read("node_b", "lung", 500, 100)).isEqualTo(100);
    }

    @Test
    void of_folderThatCannotBeWritten_isAFailureThatClosesNothing() throws Exception {
        Files.createFile(shared());

        assertDeclined(
                DeclineReason.INTERNAL,
                "the records could not be read now; the node's log says why",
                "node_a",
                "heart",
                0);
        assertThat(DatasetStanding.file(state("node_a"), "heart")).doesNotExist();

        Files.delete(shared());
        assertThat(read("node_a", "heart", 0, 100)).isEqualTo(100);
    }

    @Test
    void of_recordsThatBreakTheirSchema_leaveNoFingerprints() throws Exception {
        assertDeclined(DeclineReason.RECORDS, ANSWER, "node_a", "heart", 9_950);
        assertThat(sketches()).isEmpty();
        assertThat(read("node_b", "lung", 9_850, 100)).isEqualTo(100);
    }

    @Test
    void of_copy_nothingOfKeyOrFingerprintsIsLoggedOrSaid() throws Exception {
        List<String> said = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getMessage() + (line.getParameters() == null ? "" : List.of(line.getParameters())));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        Level before = root.getLevel();
        root.setLevel(Level.ALL);
        root.addHandler(handler);
        try {
            read("node_a", "heart", 0, 100);
            simulation = true;
            assertThatThrownBy(() -> read("node_b", "lung", 0, 100))
                    .isInstanceOfSatisfying(Declined.class, d -> said.add(d.getMessage() + d.told()));
        } finally {
            root.removeHandler(handler);
            root.setLevel(before);
        }
        said.add(standing("node_b", "lung").json().toString());
        byte[] key = Files.readAllBytes(shared().resolve("key"));
        ByteBuffer sketch = ByteBuffer.wrap(Files.readAllBytes(sketches().get(0)));
        String all = String.join("\n", said);
        assertThat(all).contains("dataset.closed", "about 100 of the records");
        assertThat(all)
                .doesNotContain(
                        HexFormat.of().formatHex(key), Base64.getEncoder().encodeToString(key));
        for (int at = 0; at + Long.BYTES <= sketch.capacity(); at++) {
            long number = sketch.getLong(at);
            if (Math.abs(number >> 32) > 1) {
                assertThat(all).doesNotContain("" + number, HexFormat.of().toHexDigits(number));
            }
        }
    }
}
