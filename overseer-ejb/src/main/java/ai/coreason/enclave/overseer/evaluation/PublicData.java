package ai.coreason.enclave.overseer.evaluation;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import ai.coreason.enclave.sentry.data.encode.RecordEncoder;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
     * @throws InvalidDocument naming the first member that does not fit, or two resources of one dataset
     * @throws IOException if the file cannot be read
     */
    public static PublicData read(Path folder) throws IOException {
        DataPackage data = DataPackage.read(folder.resolve("datapackage.json"));
        Map<String, String> seen = new HashMap<>();
        for (DataResource r : data.resources()) {
            String other = seen.putIfAbsent(r.dataset().datasetId(), r.name());
            if (other != null) {
                throw InvalidDocument.at(
                        "resources",
                        "one resource of each dataset, which jobs are measured on",
                        other + " and " + r.name() + " of " + r.dataset().datasetId());
            }
        }
        return new PublicData(Optional.of(data));
    }

    /**
     * A job's records.
     *
     * @param notes what is to be known of them, in sentences
     */
    public record Records(Encoded encoded, List<String> notes) {}

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

    /** As {@link #records(DataPackage, DataResource, FederationJob, long)}, of what is here. */
    Records records(FederationJob job, DataResource resource, long memory) throws IOException {
        return records(data.orElseThrow(), resource, job, memory);
    }

    /**
     * Reads a job's records as its model takes them.
     *
     * @param memory how many bytes they may take while they are read
     * @throws InvalidDocument if they do not fit the job or the memory, are not of their format, break their schema, are none, or all
     *     miss what the job uses
     * @throws IOException if they cannot be read
     */
    public static Records records(DataPackage data, DataResource resource, FederationJob job, long memory)
            throws IOException {
        RecordEncoder encoder = RecordEncoder.of(job, resource, memory);
        List<Path> files = data.files(resource);
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
        for (EncodedField feature : job.dataset().features()) {
            if (found.missing().getOrDefault(feature.field(), 0L) == found.rows()) {
                throw InvalidDocument.at(
                        resource.path(),
                        "a value of " + feature.field() + " in some record",
                        "none in " + found.rows() + " records"
                                + found.notes().stream().map(n -> "; " + n).collect(Collectors.joining()));
            }
        }
        return new Records(encoded, notes(found, encoded));
    }

    private static List<String> notes(Findings found, Encoded encoded) {
        List<String> notes = new ArrayList<>();
        if (found.rows() > encoded.count()) {
            notes.add(found.rows() - encoded.count() + " of " + found.rows()
                    + " records are left out, as they miss the label");
        }
        found.missing()
                .forEach((column, count) -> notes.add(count + " of " + found.rows() + " records miss " + column));
        notes.addAll(found.notes());
        notes.addAll(encoded.remarks());
        return notes;
    }
}
