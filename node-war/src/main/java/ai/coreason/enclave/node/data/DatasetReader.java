package ai.coreason.enclave.node.data;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.node.copies.Fingerprints;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import ai.coreason.enclave.sentry.data.encode.ResourceFit;
import ai.coreason.enclave.sentry.data.encode.TableEncoder;
import ai.coreason.enclave.sentry.data.encode.TensorEncoder;
import ai.coreason.enclave.sentry.data.encode.UnitSizes;
import ai.coreason.enclave.sentry.data.format.FhirReader;
import ai.coreason.enclave.sentry.data.format.TableReader;
import ai.coreason.enclave.sentry.data.format.TensorReader;
import ai.coreason.enclave.sentry.data.schema.DataPackage;
import ai.coreason.enclave.sentry.data.schema.DataResource;
import ai.coreason.enclave.sentry.data.schema.DataResource.Table;
import ai.coreason.enclave.sentry.data.schema.DataResource.Tensors;
import ai.coreason.enclave.sentry.data.schema.FhirTable;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads a site's dataset for a job: checks every record against the schema, and encodes what the job names. Whether a job
 * fits is judged from the job and the schema before a record is read; whether records are taken, by the schema and without
 * the job. Not thread-safe; one instance reads once. Nothing of a record is logged or put in an error.
 */
public final class DatasetReader {
    /** Reads and judges. */
    private interface Source {
        Reading read(Fingerprints prints) throws IOException;
    }

    private final Source source;

    private DatasetReader(Source source) {
        this.source = source;
    }

    /**
     * Prepares the reading of a dataset; touches no record.
     *
     * @throws InvalidDocument if the job, the schema and the model do not fit one another, naming both sides
     */
    public static DatasetReader of(DataPackage data, DataResource resource, FederationJob job) {
        ResourceFit.requireTerms(job, resource);
        Dataset dataset = resource.dataset();
        if (resource.content() instanceof Table table) {
            TableEncoder encoder = new TableEncoder(job, table.schema(), dataset.unit(), dataset.declaredRows());
            return new DatasetReader(prints -> judge(
                    TableReader.read(files(data, resource).get(0), table, both(prints, encoder)),
                    dataset,
                    encoder::encoded));
        }
        if (resource.content() instanceof FhirTable table) {
            TableEncoder encoder = new TableEncoder(job, table.schema(), dataset.unit(), dataset.declaredRows());
            return new DatasetReader(prints -> {
                List<String> passedOver = passedOver(data, resource);
                Findings found = FhirReader.read(files(data, resource), table, both(prints, encoder));
                return judge(found.noted(passedOver), dataset, encoder::encoded);
            });
        }
        Tensors tensors = (Tensors) resource.content();
        TensorEncoder encoder = new TensorEncoder(job, tensors, dataset.unit());
        return new DatasetReader(prints -> {
            TensorReader.Checked checked =
                    TensorReader.read(files(data, resource).get(0), tensors);
            if (checked.findings().clean()) {
                prints.addAll(checked.file());
            }
            return judge(checked.findings(), dataset, () -> encoder.encode(checked.file()));
        });
    }

    private static Consumer<Row> both(Fingerprints prints, TableEncoder encoder) {
        return row -> {
            prints.add(row);
            encoder.add(row);
        };
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
        return source.read(prints);
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

    private static Reading judge(Findings found, Dataset dataset, Supplier<Encoded> encoded) {
        String column = dataset.unit().column();
        long unnamed = column.isEmpty() ? 0 : found.missing(column);
        if (!found.clean() || unnamed > 0) {
            return new Reading.Refused(found, unnamed);
        }
        Encoded records = encoded.get();
        return new Reading.Ready(found.noted(records.remarks()).noted(UnitSizes.notes(records)), records.examples());
    }
}
