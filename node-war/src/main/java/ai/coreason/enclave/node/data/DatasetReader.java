package ai.coreason.enclave.node.data;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.node.copies.Fingerprints;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import ai.coreason.enclave.sentry.data.encode.RecordEncoder;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads a site's dataset for a job: checks every record against the schema, and encodes what the job names. Whether a job
 * fits is judged from the job and the schema before a record is read; whether records are taken, by the schema and without
 * the job. Not thread-safe; one instance reads once. Nothing of a record is logged or put in an error.
 */
public final class DatasetReader {
    private final DataPackage data;
    private final DataResource resource;
    private final RecordEncoder encoder;

    private DatasetReader(DataPackage data, DataResource resource, RecordEncoder encoder) {
        this.data = data;
        this.resource = resource;
        this.encoder = encoder;
    }

    /**
     * Prepares the reading of a dataset; touches no record.
     *
     * @throws InvalidDocument if the job, the schema and the model do not fit one another, naming both sides
     */
    public static DatasetReader of(DataPackage data, DataResource resource, FederationJob job) {
        return new DatasetReader(data, resource, RecordEncoder.of(job, resource));
    }

    /**
     * Reads the records.
     *
     * @param prints takes the fingerprint of each record, whatever the job uses of it; they count where the reading is ready
     * @return the examples, or the findings where a value breaks the schema or a record does not say whose it is
     * @throws InvalidDocument if the file is not of its format
     * @throws IOException if the file cannot be read
     */
    public Reading read(Fingerprints prints) throws IOException {
        List<String> passedOver = passedOver(data, resource);
        Findings found = resource.format().read(files(data, resource), prints.and(encoder));
        return judge(found.noted(passedOver));
    }

    /**
     * Where a dataset's records lie, every link resolved.
     *
     * @throws IOException if the file system fails, or a file is not where the package says
     */
    public static List<Path> files(DataPackage data, DataResource resource) throws IOException {
        try {
            return data.files(resource);
        } catch (InvalidDocument e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<String> passedOver(DataPackage data, DataResource resource) throws IOException {
        try {
            return data.passedOver(resource);
        } catch (InvalidDocument e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Reading judge(Findings found) {
        String column = resource.dataset().unit().column();
        long unnamed = column.isEmpty() ? 0 : found.missing(column);
        if (!found.clean() || unnamed > 0) {
            return new Reading.Refused(found, unnamed);
        }
        Encoded records = encoder.encoded();
        return new Reading.Ready(records.told(found), records.examples());
    }
}
