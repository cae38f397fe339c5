package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.format.RecordSink;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import java.util.List;

/**
 * Looks at a source's records as a job's model takes them, to say what their node would tell the site's people. Of a table it
 * keeps no record. Not thread-safe; one instance looks at one source once.
 */
public interface RecordLook extends RecordSink {
    /**
     * Prepares the look; touches no record.
     *
     * @param heapBytes what may be used of the heap
     * @throws ai.coreason.enclave.base.InvalidDocument if the job, the schema and the model do not fit one another
     */
    static RecordLook of(FederationJob job, DataResource resource, long heapBytes) {
        ResourceFit.requireTerms(job, resource);
        return resource.format().layout() instanceof TableSchema table
                ? new TableLook(job, table, resource.dataset(), heapBytes)
                : ofTensors(job, resource, heapBytes);
    }

    /**
     * What is worth a look although every record obeys the schema.
     *
     * @param found what was found when the records were read
     */
    List<String> notes(Findings found);

    private static RecordLook ofTensors(FederationJob job, DataResource resource, long heapBytes) {
        RecordEncoder encoder = RecordEncoder.of(job, resource, heapBytes);
        return new RecordLook() {
            @Override
            public void tensors(Safetensors file) {
                encoder.tensors(file);
            }

            @Override
            public List<String> notes(Findings found) {
                Encoded encoded = encoder.encoded();
                return RecordNotes.of(resource.dataset(), encoded.told(found), encoded.examples());
            }
        };
    }
}
