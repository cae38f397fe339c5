package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.agent.DeclineReason;
import ai.coreason.enclave.node.data.DatasetReader;
import ai.coreason.enclave.node.data.Reading;
import ai.coreason.enclave.node.site.OfferedDataset;
import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The checked and encoded records of the job that was trained last, kept between its rounds and read anew when a file
 * changes. Not thread-safe.
 */
final class LocalExamples {
    private record Stamp(Path file, long size, FileTime modified) {}

    private record Key(List<Stamp> files, String dataset, String graph) {}

    private final boolean simulation;
    private Key key;
    private Examples examples;

    /**
     * @param simulation whether findings may be told to the Overseer; from a real site no count of records leaves
     */
    LocalExamples(boolean simulation) {
        this.simulation = simulation;
    }

    /**
     * The records that a job trains on.
     *
     * @throws Declined if they do not fit the schema, or the schema does not fit the job
     * @throws IOException if the file cannot be read
     */
    Examples of(FederationJob job, OfferedDataset dataset) throws Declined, IOException {
        Key wanted = new Key(
                stamps(dataset),
                Json.digest(job.json().get("dataset")),
                job.model().digest());
        if (!wanted.equals(key)) {
            examples = null;
            key = null;
            examples = read(dataset, job);
            key = wanted;
        }
        return examples;
    }

    private static List<Stamp> stamps(OfferedDataset dataset) throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        for (Path file : dataset.dataPackage().files(dataset.resource())) {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            stamps.add(new Stamp(file, now.size(), now.lastModifiedTime()));
        }
        return stamps;
    }

    private Examples read(OfferedDataset dataset, FederationJob job) throws Declined, IOException {
        Reading reading;
        try {
            reading = DatasetReader.read(dataset.dataPackage(), dataset.resource(), job);
        } catch (InvalidDocument e) {
            throw schema("the job does not fit the site's data dictionary", e.getMessage());
        }
        if (reading instanceof Reading.Ready ready) {
            return ready.examples();
        }
        Reading.Refused refused = (Reading.Refused) reading;
        String findings = new String(Json.write(refused.findings().json()), StandardCharsets.UTF_8);
        throw schema(
                "the records do not fit their schema",
                "columns with gaps that the job uses " + new TreeSet<>(refused.gaps()) + ", findings " + findings);
    }

    private Declined schema(String what, String detail) {
        String told = simulation ? what + ": " + detail : what + "; the node's log says how";
        return new Declined(DeclineReason.SCHEMA, what + ": " + detail, told);
    }
}
