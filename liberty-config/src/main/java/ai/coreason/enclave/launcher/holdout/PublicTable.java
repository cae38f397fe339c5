package ai.coreason.enclave.launcher.holdout;

import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.encode.FeatureEncoder;
import ai.coreason.enclave.sentry.data.format.CsvTable;
import ai.coreason.enclave.sentry.data.format.TableReader;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Public records, encoded by the rules that nodes encode theirs by. Not thread-safe. */
final class PublicTable {
    private final List<FeatureEncoder> columns = new ArrayList<>();
    private final List<float[]> records = new ArrayList<>();

    private PublicTable() {}

    /** Reads a file. */
    static PublicTable read(Path csv, CsvTable table, FederationJob job) throws IOException, Unmeasurable {
        PublicTable out = new PublicTable();
        List<EncodedField> asked = new ArrayList<>(job.dataset().features());
        asked.add(job.dataset().label());
        asked.forEach(field -> out.columns.add(FeatureEncoder.of(field, field.field(), table.schema())));
        Findings found = TableReader.read(csv, table, out::add);
        boolean gaps = out.columns.stream().anyMatch(c -> found.missing(c.name()) > 0);
        if (!found.clean() || gaps) {
            throw new Unmeasurable("expected records that obey the schema and miss no value, got others");
        }
        return out;
    }

    int count() {
        return records.size();
    }

    /** The numbers of a record's features. */
    float[] input(int record) {
        float[] all = records.get(record);
        return Arrays.copyOf(all, all.length - 1);
    }

    /** The label of a record: the class, or 0 or 1. */
    float label(int record) {
        float[] all = records.get(record);
        return all[all.length - 1];
    }

    private void add(Row row) {
        float[] all = new float[columns.stream().mapToInt(FeatureEncoder::width).sum()];
        int at = 0;
        for (FeatureEncoder column : columns) {
            column.write(row, all, at);
            at += column.width();
        }
        records.add(all);
    }
}
