package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.tensor.Safetensors;

/** Takes records while a source is read: rows one by one where it is a table, else all its tensors at once. */
public interface RecordSink {
    /** Takes nothing: what is wanted is the findings. */
    RecordSink NONE = new RecordSink() {};

    /** Takes one record of a table, whether or not its values obey the schema. */
    default void row(Row row) {}

    /** Takes all examples of a file whose tensors obey the schema. */
    default void tensors(Safetensors file) {}

    /** Gives each record to this one first, then to another. */
    default RecordSink and(RecordSink other) {
        RecordSink first = this;
        return new RecordSink() {
            @Override
            public void row(Row row) {
                first.row(row);
                other.row(row);
            }

            @Override
            public void tensors(Safetensors file) {
                first.tensors(file);
                other.tensors(file);
            }
        };
    }
}
