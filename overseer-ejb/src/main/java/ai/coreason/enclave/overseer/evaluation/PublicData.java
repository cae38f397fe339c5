package ai.coreason.enclave.overseer.evaluation;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import ai.coreason.enclave.sentry.data.encode.RecordEncoder;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Public records that an operator keeps at the Overseer, described by a data package as a site's are. A job is measured on the
 * resource that was registered under the job's own dataset.
 */
public final class PublicData {
    private final Optional<DataPackage> data;

    private PublicData(Optional<DataPackage> data) {
        this.data = data;
    }

    /** No records at all. */
    static PublicData none() {
        return new PublicData(Optional.empty());
    }

    /**
     * Reads what is there.
     *
     * @param folder the folder of {@code datapackage.json}
     * @throws InvalidDocument naming the first member that does not fit
     * @throws IOException if the file cannot be read
     */
    public static PublicData read(Path folder) throws IOException {
        return new PublicData(Optional.of(DataPackage.read(folder.resolve("datapackage.json"))));
    }

    /** The datasets of which there are records. */
    List<String> datasets() {
        return data.stream()
                .flatMap(d -> d.resources().stream())
                .map(r -> r.dataset().datasetId())
                .toList();
    }

    /** The records that a job is measured on. */
    Optional<DataResource> of(FederationJob job) {
        return data.flatMap(d -> d.resources().stream()
                .filter(r -> r.dataset().datasetId().equals(job.dataset().name()))
                .findFirst());
    }

    /**
     * Reads a job's records as its model takes them.
     *
     * @param memory how many bytes they may take while they are read
     * @throws InvalidDocument if they do not fit the job or the memory, are not of their format, break their schema, or are none
     * @throws IOException if they cannot be read
     */
    Encoded encoded(FederationJob job, DataResource resource, long memory) throws IOException {
        RecordEncoder encoder = RecordEncoder.of(job, resource, memory);
        List<Path> files = data.orElseThrow().files(resource);
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        if (bytes * resource.format().memoryPerByte() > memory) {
            throw InvalidDocument.at(
                    resource.path(),
                    "at most " + memory / resource.format().memoryPerByte()
                            + " bytes, as this Overseer's memory allows",
                    bytes);
        }
        Findings found = resource.format().read(files, encoder);
        if (!found.clean()) {
            throw InvalidDocument.at(resource.path(), "records that obey the schema", found.toString());
        }
        Encoded encoded = encoder.encoded();
        if (encoded.count() == 0) {
            throw InvalidDocument.at(resource.path(), "at least one record with a label", "none");
        }
        return encoded;
    }
}
