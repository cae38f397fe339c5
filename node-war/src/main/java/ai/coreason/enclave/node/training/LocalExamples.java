package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.site.OfferedDataset;
import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * The checked and encoded records of the job that was trained last, kept between its rounds and read anew when the file
 * changes. Not thread-safe.
 */
final class LocalExamples {
    private record Key(Path file, long size, FileTime modified, String dataset, String graph) {}

    private final Reader reader;
    private Key key;
    private Examples examples;

    /** Reads, checks and encodes the records of a job. */
    interface Reader {
        Examples read(OfferedDataset dataset, FederationJob job) throws Declined, IOException;
    }

    LocalExamples(Reader reader) {
        this.reader = reader;
    }

    /**
     * The records that a job trains on.
     *
     * @throws Declined if they do not fit the schema that the job's encodings need
     * @throws IOException if the file cannot be read
     */
    Examples of(FederationJob job, OfferedDataset dataset) throws Declined, IOException {
        BasicFileAttributes now = Files.readAttributes(dataset.file(), BasicFileAttributes.class);
        Key wanted = new Key(
                dataset.file(),
                now.size(),
                now.lastModifiedTime(),
                Json.digest(job.json().get("dataset")),
                job.model().digest());
        if (!wanted.equals(key)) {
            examples = null;
            key = null;
            examples = reader.read(dataset, job);
            key = wanted;
        }
        return examples;
    }
}
