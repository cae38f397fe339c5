package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;

/** The columns of a table that a job reads, as numbers, and how many values that loses. Not thread-safe. */
final class TableFeatures {
    private final List<FeatureEncoder> features = new ArrayList<>();
    private final FeatureEncoder label;
    /** How many records have a value that the feature's encoding has no number of its own for. */
    private final long[] lost;

    private int count;

    /** @throws ai.coreason.enclave.base.InvalidDocument if the job, the schema and the model do not fit one another */
    TableFeatures(FederationJob job, TableSchema schema) {
        ResourceFit.requireTable(job, schema);
        List<EncodedField> asked = job.dataset().features();
        for (int i = 0; i < asked.size(); i++) {
            features.add(FeatureEncoder.of(asked.get(i), "dataset.features[" + i + "]", schema));
        }
        lost = new long[asked.size()];
        label = FeatureEncoder.of(job.dataset().label(), "dataset.label", schema);
    }

    /** How many numbers a record becomes. */
    long numbers() {
        return features.stream().mapToLong(FeatureEncoder::width).sum();
    }

    /** Whether a record has the label, without which it could add nothing to a loss. */
    boolean labelled(Row row) {
        return !row.missing(label.column());
    }

    /** How many records were written. */
    int count() {
        return count;
    }

    /**
     * Writes a record's numbers.
     *
     * @param x where its features go; zeros
     * @param y where its label goes
     */
    void write(Row row, float[] x, int at, float[] y, int labelAt) {
        for (int i = 0; i < lost.length; i++) {
            FeatureEncoder feature = features.get(i);
            lost[i] += feature.write(row, x, at) ? 0 : 1;
            at += feature.width();
        }
        label.write(row, y, labelAt);
        count++;
    }

    /** What the encodings lose, in sentences. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < lost.length; i++) {
            if (lost[i] > 0) {
                FeatureEncoder feature = features.get(i);
                notes.add(
                        lost[i] + " of " + count + " records have a value of " + feature.name() + " " + feature.loss());
            }
        }
        return notes;
    }
}
