package ai.coreason.enclave.node.data;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.Encoding;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.schema.ColumnEncoder;
import ai.coreason.enclave.sentry.schema.Grouping;
import ai.coreason.enclave.sentry.schema.Row;
import ai.coreason.enclave.sentry.schema.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects the records of a table as a job's model takes them. Not thread-safe; one instance reads one table once. */
final class TableEncoder {
    private static final int MAX_NUMBERS = Integer.MAX_VALUE - 8;

    private final List<ColumnEncoder> features = new ArrayList<>();
    private final ColumnEncoder label;
    private final PrivacyUnit unit;
    private final Optional<Grouping> grouping;
    private final boolean classes;
    private final long[] shape;
    private final int width;
    private final Set<String> beyondFloat = new HashSet<>();
    private float[] x;
    private float[] y = new float[1];
    private int count;

    /**
     * Prepares the encoders.
     *
     * @throws InvalidDocument if the job, the schema and the model do not fit one another
     */
    TableEncoder(FederationJob job, TableSchema schema, PrivacyUnit unit) {
        this.unit = unit;
        grouping = unit.column().isEmpty() ? Optional.empty() : Optional.of(new Grouping(schema, unit.column()));
        List<EncodedField> asked = job.dataset().features();
        for (int i = 0; i < asked.size(); i++) {
            features.add(ColumnEncoder.of(asked.get(i), "dataset.features[" + i + "]", schema));
        }
        label = ColumnEncoder.of(job.dataset().label(), "dataset.label", schema);
        classes = job.dataset().label().encode() == Encoding.CLASS;
        shape = ModelFit.inputShape(job.model());
        long numbers = features.stream().mapToLong(ColumnEncoder::width).sum();
        if (shape.length != 1 || shape[0] != numbers) {
            throw InvalidDocument.at(
                    "dataset.features",
                    "as many numbers as the model's input " + ModelFit.describe(job.model()) + " takes",
                    numbers);
        }
        width = (int) numbers;
        x = new float[width];
        int values = classes ? schema.fields().get(label.column()).constraints().enumSize() : 1;
        ModelFit.requireLabel(job.model(), classes, values);
    }

    /** The columns that the job uses. */
    Set<String> columns() {
        Set<String> used = new HashSet<>();
        features.forEach(f -> used.add(f.name()));
        used.add(label.name());
        grouping.ifPresent(g -> used.add(unit.column()));
        return used;
    }

    /** Takes one record. What it states wrongly is found elsewhere, and then nothing of it is used. */
    void add(Row row) {
        if ((count + 1L) * width > MAX_NUMBERS) {
            throw InvalidDocument.at("dataset", "at most " + MAX_NUMBERS + " numbers in all", "more");
        }
        if ((count + 1) * width > x.length) {
            x = Arrays.copyOf(x, (int) Math.min(MAX_NUMBERS, 2L * x.length));
        }
        if (count == y.length) {
            y = Arrays.copyOf(y, 2 * y.length);
        }
        int at = count * width;
        for (ColumnEncoder feature : features) {
            note(feature, feature.write(row, x, at));
            at += feature.width();
        }
        note(label, label.write(row, y, count));
        grouping.ifPresent(g -> g.add(row));
        count++;
    }

    /**
     * What was collected.
     *
     * @throws InvalidDocument naming a column with a value beyond float32's range
     */
    Encoded encoded() {
        if (!beyondFloat.isEmpty()) {
            throw InvalidDocument.at("dataset", "values within float32's range in every column", beyondFloat);
        }
        float[] inputs = Arrays.copyOf(x, count * width);
        float[] labels = Arrays.copyOf(y, count);
        if (!classes) {
            return new Encoded(shape, inputs, labels, null, grouping.map(Grouping::units), unit);
        }
        long[] indices = new long[count];
        for (int i = 0; i < count; i++) {
            indices[i] = (long) labels[i];
        }
        return new Encoded(shape, inputs, null, indices, grouping.map(Grouping::units), unit);
    }

    private void note(ColumnEncoder encoder, boolean fits) {
        if (!fits) {
            beyondFloat.add(encoder.name());
        }
    }
}
