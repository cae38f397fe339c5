package ai.coreason.enclave.launcher.holdout;

import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.schema.Constraints;
import ai.coreason.enclave.sentry.schema.DataResource.Table;
import ai.coreason.enclave.sentry.schema.FieldType;
import ai.coreason.enclave.sentry.schema.Findings;
import ai.coreason.enclave.sentry.schema.Row;
import ai.coreason.enclave.sentry.schema.TableReader;
import ai.coreason.enclave.sentry.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Public records, encoded by the rules that nodes encode theirs by. Not thread-safe. */
final class PublicTable {
    /** Writes one column's numbers. */
    private interface Column {
        void write(Row row, List<Float> out);
    }

    private final List<float[]> inputs = new ArrayList<>();
    private final List<Float> labels = new ArrayList<>();

    private PublicTable() {}

    /** Reads a file. */
    static PublicTable read(Path csv, Table table, FederationJob job) throws IOException, Unmeasurable {
        List<Column> features = new ArrayList<>();
        for (EncodedField feature : job.dataset().features()) {
            features.add(column(feature, table.schema()));
        }
        Column label = column(job.dataset().label(), table.schema());
        PublicTable out = new PublicTable();
        Findings found = TableReader.read(csv, table, row -> {
            List<Float> x = new ArrayList<>();
            features.forEach(f -> f.write(row, x));
            out.inputs.add(floats(x));
            label.write(row, out.labels);
        });
        boolean gaps = out.labels.stream().anyMatch(v -> v.isNaN())
                || out.inputs.stream().anyMatch(PublicTable::hasGap);
        if (!found.clean() || gaps) {
            throw new Unmeasurable("expected records that obey the schema and miss no value, got others");
        }
        return out;
    }

    List<float[]> inputs() {
        return inputs;
    }

    /** The label of a record: the class, or 0 or 1. */
    float label(int record) {
        return labels.get(record);
    }

    private static Column column(EncodedField asked, TableSchema schema) throws Unmeasurable {
        int at = schema.column(asked.field())
                .orElseThrow(() -> new Unmeasurable("expected the schema to have " + asked.field() + ", it has not"));
        Constraints c = schema.fields().get(at).constraints();
        boolean text = schema.fields().get(at).type() == FieldType.STRING;
        return switch (asked.encode()) {
            case IDENTITY -> (row, out) -> out.add((float) row.number(at));
            case STANDARDISE -> (row, out) -> out.add((float) ((row.number(at) - asked.mean()) / asked.std()));
            case MIN_MAX -> {
                if (c.minimum().isEmpty() || c.maximum().isEmpty()) {
                    throw new Unmeasurable("expected bounds of " + asked.field() + " in the schema, got none");
                }
                double least = c.minimum().getAsDouble();
                double width = c.maximum().getAsDouble() - least;
                yield (row, out) -> out.add((float) ((row.number(at) - least) / width));
            }
            case ONE_HOT ->
                (row, out) -> {
                    int value = row.enumIndex(at);
                    for (int i = 0; i < c.enumSize(); i++) {
                        out.add(value < 0 ? Float.NaN : i == value ? 1f : 0f);
                    }
                };
            case CLASS -> (row, out) -> out.add((float) place(row, at));
            case BINARY -> (row, out) -> out.add((float) (text ? place(row, at) : row.number(at)));
            case TENSOR -> throw new Unmeasurable("expected columns of a table, got the tensor " + asked.field());
        };
    }

    private static double place(Row row, int column) {
        int index = row.enumIndex(column);
        return index < 0 ? Double.NaN : index;
    }

    private static boolean hasGap(float[] x) {
        for (float v : x) {
            if (!Float.isFinite(v)) {
                return true;
            }
        }
        return false;
    }

    private static float[] floats(List<Float> values) {
        float[] out = new float[values.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = values.get(i);
        }
        return out;
    }
}
