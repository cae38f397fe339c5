package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.schema.Grouping;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Collects the records of a table as a job's model takes them: all of them but those whose label is missing, which could
 * add nothing to a loss. Not thread-safe; one instance reads one table once.
 */
public final class TableEncoder implements RecordEncoder {
    private static final int MAX_NUMBERS = Integer.MAX_VALUE - 8;
    /** Bytes of heap for each number: as it grows, an array and one of twice its size; all of it at most half of the heap. */
    private static final int HEAP_PER_NUMBER = 24;

    private final int mostNumbers;
    private final TableFeatures features;
    private final PrivacyUnit unit;
    private final Optional<Grouping> grouping;
    private final boolean classes;
    private final long[] shape;
    private final int width;
    private final OptionalLong tokens;
    private float[] x;
    private float[] y = new float[1];
    private int count;

    /**
     * Prepares the encoders.
     *
     * @param declaredUnits the public number of units
     * @throws InvalidDocument if the job, the schema and the model do not fit one another
     */
    public TableEncoder(FederationJob job, TableSchema schema, PrivacyUnit unit, long declaredUnits) {
        this(job, schema, unit, declaredUnits, Runtime.getRuntime().maxMemory());
    }

    /**
     * Prepares the encoders for a heap. What the job asks of the declared rows may take half of what records may: whether they
     * fit is said before they are read, and records up to twice as many as declared still do.
     */
    public TableEncoder(FederationJob job, TableSchema schema, PrivacyUnit unit, long declaredUnits, long heapBytes) {
        this.features = new TableFeatures(job, schema);
        this.mostNumbers = (int) Math.min(MAX_NUMBERS, heapBytes / HEAP_PER_NUMBER);
        this.unit = unit;
        tokens = job.model().tokens();
        grouping = unit.column().isEmpty() ? Optional.empty() : Optional.of(new Grouping(schema, unit.column()));
        classes = job.dataset().label().encode() instanceof EncodingSpec.ClassIndex;
        shape = ModelFit.inputShape(job.model());
        long numbers = features.numbers();
        if (2 * numbers * (double) declaredUnits > mostNumbers) {
            throw InvalidDocument.at(
                    "dataset.features",
                    "at most " + mostNumbers / 2 / declaredUnits + " numbers for each of " + declaredUnits
                            + " declared rows, which this node's heap holds",
                    numbers);
        }
        width = (int) numbers;
        x = new float[width];
    }

    /** Takes one record. What it states wrongly is found elsewhere, and then nothing of it is used. */
    @Override
    public void row(Row row) {
        if (!features.labelled(row)) {
            return;
        }
        if ((count + 1L) * width > mostNumbers) {
            throw InvalidDocument.at(
                    "dataset", "at most " + mostNumbers + " numbers in all, which this node's heap holds", "more");
        }
        if ((count + 1) * width > x.length) {
            x = Arrays.copyOf(x, (int) Math.min(mostNumbers, 2L * x.length));
        }
        if (count == y.length) {
            y = Arrays.copyOf(y, 2 * y.length);
        }
        features.write(row, x, count * width, y, count);
        grouping.ifPresent(g -> g.add(row));
        count++;
    }

    @Override
    public Encoded encoded() {
        float[] inputs = Arrays.copyOf(x, count * width);
        ModelFit.toTokens(inputs, tokens);
        float[] labels = Arrays.copyOf(y, count);
        if (!classes) {
            return new Encoded(shape, inputs, labels, null, grouping.map(Grouping::units), unit, features.notes());
        }
        long[] indices = new long[count];
        for (int i = 0; i < count; i++) {
            indices[i] = (long) labels[i];
        }
        return new Encoded(shape, inputs, null, indices, grouping.map(Grouping::units), unit, features.notes());
    }
}
