package ai.coreason.enclave.node.data;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.schema.DataPackage;
import ai.coreason.enclave.sentry.schema.DataResource;
import ai.coreason.enclave.sentry.schema.DataResource.Table;
import ai.coreason.enclave.sentry.schema.DataResource.Tensors;
import ai.coreason.enclave.sentry.schema.FhirReader;
import ai.coreason.enclave.sentry.schema.FhirTable;
import ai.coreason.enclave.sentry.schema.Findings;
import ai.coreason.enclave.sentry.schema.TableReader;
import ai.coreason.enclave.sentry.schema.TensorReader;
import java.io.IOException;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads a site's dataset for a job: checks every record against the schema, and encodes what the job names. How values
 * are encoded follows from the job and the schema alone. Thread-safe; nothing of a record is logged or put in an error.
 */
public final class DatasetReader {
    private DatasetReader() {}

    /**
     * Reads a dataset.
     *
     * @return the examples, or the findings where a value breaks the schema or a used one is missing
     * @throws InvalidDocument if the job, the schema and the model do not fit one another, naming both sides; or if the
     *     file is not of its format
     * @throws IOException if the file cannot be read
     */
    public static Reading read(DataPackage data, DataResource resource, FederationJob job) throws IOException {
        requireTerms(resource, job);
        PrivacyUnit unit = resource.dataset().unit();
        if (resource.content() instanceof Table table) {
            TableEncoder encoder = new TableEncoder(job, table.schema(), unit);
            Findings found = TableReader.read(data.file(resource), table, encoder::add);
            return judge(found, encoder.columns(), encoder::encoded);
        }
        if (resource.content() instanceof FhirTable table) {
            TableEncoder encoder = new TableEncoder(job, table.schema(), unit);
            Findings found = FhirReader.read(data.files(resource), table, encoder::add);
            return judge(found, encoder.columns(), encoder::encoded);
        }
        Tensors tensors = (Tensors) resource.content();
        TensorEncoder encoder = new TensorEncoder(job, tensors, unit);
        TensorReader.Checked checked = TensorReader.read(data.file(resource), tensors);
        return judge(checked.findings(), Set.of(), () -> encoder.encode(checked.file()));
    }

    private static Reading judge(Findings found, Set<String> used, Supplier<Encoded> encoded) {
        Set<String> gaps = used.stream().filter(c -> found.missing(c) > 0).collect(Collectors.toSet());
        return found.clean() && gaps.isEmpty()
                ? new Reading.Ready(encoded.get().examples())
                : new Reading.Refused(found, gaps);
    }

    private static void requireTerms(DataResource resource, FederationJob job) {
        String id = resource.dataset().datasetId();
        if (!job.dataset().name().equals(id)) {
            throw InvalidDocument.at(
                    "dataset.name",
                    "the dataset " + id + " of resource " + resource.name(),
                    job.dataset().name());
        }
    }
}
