package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Grouping;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at a table's records one by one, and remembers of them only which unit each has. Not thread-safe. */
final class TableLook implements RecordLook {
    /** Bytes of heap for each record's unit, which may be one of its own with a long name; all of it at most half of the heap. */
    private static final int HEAP_PER_UNIT = 512;

    private final TableFeatures features;
    private final Dataset dataset;
    private final Optional<Grouping> grouping;
    private final long mostRecords;
    private final float[] x;
    private final float[] y = new float[1];
    private float firstLabel;
    private boolean oneLabel = true;

    TableLook(FederationJob job, TableSchema schema, Dataset dataset, long heapBytes) {
        this.features = new TableFeatures(job, schema);
        this.dataset = dataset;
        PrivacyUnit unit = dataset.unit();
        this.grouping = unit.column().isEmpty() ? Optional.empty() : Optional.of(new Grouping(schema, unit.column()));
        this.mostRecords = grouping.isEmpty() ? Long.MAX_VALUE : heapBytes / HEAP_PER_UNIT;
        if (features.numbers() > heapBytes / HEAP_PER_UNIT) {
            throw InvalidDocument.at(
                    "dataset.features",
                    "at most " + heapBytes / HEAP_PER_UNIT + " numbers, which this heap holds",
                    features.numbers());
        }
        this.x = new float[(int) features.numbers()];
    }

    @Override
    public void row(Row row) {
        if (!features.labelled(row)) {
            return;
        }
        if (features.count() == mostRecords) {
            throw InvalidDocument.at(
                    "dataset", "at most " + mostRecords + " records, whose units this heap holds", "more");
        }
        Arrays.fill(x, 0);
        features.write(row, x, 0, y, 0);
        grouping.ifPresent(g -> g.add(row));
        firstLabel = features.count() == 1 ? y[0] : firstLabel;
        oneLabel &= y[0] == firstLabel;
    }

    @Override
    public List<String> notes(Findings found) {
        int count = features.count();
        Optional<int[]> units = grouping.map(Grouping::units);
        PrivacyUnit unit = dataset.unit();
        Stream<String> ofLabels = oneLabel && count > 1 ? Stream.of(Encoded.ONE_LABEL) : Stream.empty();
        Stream<String> ofUnits = units.flatMap(u -> UnitSizes.note(u, unit.column(), unit.maxRecords())).stream();
        List<String> own = Stream.of(features.notes().stream(), ofLabels, ofUnits)
                .flatMap(s -> s)
                .toList();
        int unitCount = units.map(u -> Arrays.stream(u).max().orElse(-1) + 1).orElse(count);
        return RecordNotes.of(dataset, found.noted(own), count, unitCount);
    }

    @Override
    public String toString() {
        return "TableLook[REDACTED]";
    }
}
