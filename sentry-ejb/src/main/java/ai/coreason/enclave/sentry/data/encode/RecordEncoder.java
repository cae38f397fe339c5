package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.format.RecordSink;
import ai.coreason.enclave.sentry.data.schema.Layout;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import ai.coreason.enclave.sentry.data.schema.Tensors;

/**
 * Collects a source's records as a job's model takes them: for training, for a hold-out and for inference alike. Not
 * thread-safe; one instance reads one source once.
 */
public interface RecordEncoder extends RecordSink {
    /**
     * Prepares the encoding; touches no record.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument if the job, the schema and the model do not fit one another, naming
     *     both sides
     */
    static RecordEncoder of(FederationJob job, DataResource resource) {
        return of(job, resource, Runtime.getRuntime().maxMemory());
    }

    /**
     * The same where a table's records may take only so much memory as they would of a heap of that size.
     *
     * @param heapBytes at most this JVM's
     */
    static RecordEncoder of(FederationJob job, DataResource resource, long heapBytes) {
        ResourceFit.requireTerms(job, resource);
        Layout layout = resource.format().layout();
        return layout instanceof TableSchema table
                ? new TableEncoder(
                        job,
                        table,
                        resource.dataset().unit(),
                        resource.dataset().declaredRows(),
                        heapBytes)
                : new TensorEncoder(job, (Tensors) layout, resource.dataset().unit());
    }

    /** What was collected; called once all records obey their schema. */
    Encoded encoded();
}
