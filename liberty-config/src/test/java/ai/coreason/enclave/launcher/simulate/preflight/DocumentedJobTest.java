package ai.coreason.enclave.launcher.simulate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents show can be run as it stands there. */
class DocumentedJobTest {
    private static final Path DOCS = Path.of("..", "docs");

    @TempDir
    private Path folder;

    /** The blocks of a language in a document, in their order. */
    private static List<String> blocks(Path document, String language) throws IOException {
        Matcher block = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(document));
        List<String> found = new ArrayList<>();
        while (block.find()) {
            found.add(block.group(1));
        }
        return found;
    }

    private PreflightReport checked(String dataPackage, JsonNode job) throws IOException {
        Path descriptor = Files.writeString(folder.resolve("datapackage.json"), dataPackage);
        Path file = Files.write(folder.resolve("job.json"), Json.write(job));
        PreflightReport report = new PreflightReport();
        new Preflight(descriptor, file, true, report).check(d -> d);
        return report;
    }

    private static JsonNode job() throws IOException {
        return Json.read(blocks(DOCS.resolve("JOB.md"), "json").get(0));
    }

    @Test
    void jobAndCsvPackage_asDocumented_areCleared() throws IOException {
        Files.writeString(
                folder.resolve("harbour.csv"),
                blocks(DOCS.resolve("DATA.md"), "csv").get(0));

        assertThat(checked(blocks(DOCS.resolve("DATA.md"), "json").get(0), job())
                        .problems())
                .isEmpty();
    }

    @Test
    void readmesJob_onTheCsvPackage_isCleared() throws IOException {
        Files.writeString(
                folder.resolve("harbour.csv"),
                blocks(DOCS.resolve("DATA.md"), "csv").get(0));
        JsonNode shown = Json.read(blocks(Path.of("..", "README.md"), "json").get(0));

        assertThat(checked(blocks(DOCS.resolve("DATA.md"), "json").get(0), shown)
                        .problems())
                .isEmpty();
    }

    @Test
    void jobAndFhirPackage_asDocumented_areCleared() throws IOException {
        Path export = Files.createDirectory(folder.resolve("export"));
        Files.writeString(
                export.resolve("part.ndjson"),
                blocks(DOCS.resolve("DATA.md"), "ndjson").get(0));
        ObjectNode job = (ObjectNode) job();
        job.setAll((ObjectNode) Json.read(blocks(DOCS.resolve("JOB.md"), "json").get(1)));

        assertThat(checked(blocks(DOCS.resolve("DATA.md"), "json").get(1), job).problems())
                .isEmpty();
    }

    /** A member that the reader does not know is refused as such, whatever its value. */
    @Test
    void everyDocumentedMember_isOneThatTheReaderKnows() throws IOException {
        Set<String> members = documented();

        assertThat(members).hasSizeGreaterThan(45).contains("on_budget", "privacy.noise", "training.client_fraction");
        for (String member : members) {
            JsonNode with = JsonPlace.with(job(), member, Json.object()).orElseThrow();
            List<String> faults = new Faults(d -> FederationJob.parse(d, JobRules.inSimulation()), Samples.job())
                    .of(with).faults().stream().map(InvalidDocument::getMessage).toList();
            assertThat(faults).as(member).doesNotContain(member + ": unknown member");
        }
    }

    @Test
    void everyMemberOfAJobThatHasThemAll_isDocumented() throws IOException {
        Set<String> known = new TreeSet<>();
        JsonNode job = Json.read(
                DocumentedJobTest.class.getResourceAsStream("whole-job.json").readAllBytes());
        FederationJob.parse(job, JobRules.inSimulation());
        job.fieldNames().forEachRemaining(known::add);
        for (String block : List.of("privacy", "dataset", "training", "model")) {
            job.get(block).fieldNames().forEachRemaining(name -> known.add(block + "." + name));
        }

        assertThat(documented()).containsAll(known);
    }

    /** The members that the first columns of the tables of Members name with their full path. */
    private static Set<String> documented() throws IOException {
        String text = Files.readString(DOCS.resolve("JOB.md"));
        String tables = text.substring(text.indexOf("## Members"), text.indexOf("## How the figures"));
        Set<String> members = new TreeSet<>();
        for (String line : tables.lines().filter(l -> l.startsWith("| `")).toList()) {
            Matcher name = Pattern.compile("`([a-z_.0-9]+)`").matcher(line.substring(1, line.indexOf('|', 1)));
            while (name.find()) {
                members.add(name.group(1));
            }
        }
        members.removeAll(Set.of("field", "encode", "mean", "std", "minimum", "maximum", "order", "scale"));
        members.removeAll(Set.of("identity", "min_max", "standardise", "one_hot", "binary", "class", "tensor"));
        return members;
    }
}
