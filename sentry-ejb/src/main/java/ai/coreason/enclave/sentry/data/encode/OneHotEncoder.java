package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.sentry.data.schema.Levels;
import ai.coreason.enclave.sentry.data.schema.Row;
import java.util.List;

/**
 * One number for each of some values: 1 for the value that is there, 0 for the others.
 *
 * @param levels the values in their order
 */
record OneHotEncoder(int column, String name, Levels levels) implements FeatureEncoder {
    static OneHotEncoder of(AskedColumn asked) {
        Levels levels = asked.levels();
        if (!levels.coverAny(asked.field())) {
            throw asked.misses();
        }
        return new OneHotEncoder(asked.column(), asked.field().name(), levels);
    }

    @Override
    public List<Long> shape() {
        return List.of((long) levels.size());
    }

    @Override
    public int values() {
        return levels.size();
    }

    @Override
    public boolean write(Row row, float[] out, int at) {
        if (row.missing(column)) {
            return true;
        }
        int place = levels.place(row, column);
        if (place >= 0) {
            out[at + place] = 1;
        }
        return place >= 0;
    }

    @Override
    public String loss() {
        return "that the job's order leaves out: it is read as zeros";
    }
}
