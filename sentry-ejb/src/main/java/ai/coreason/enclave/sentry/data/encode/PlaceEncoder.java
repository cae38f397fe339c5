package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.sentry.data.schema.Levels;
import ai.coreason.enclave.sentry.data.schema.Row;
import java.util.List;

/**
 * A value's place among others, from 0. Each value that the schema allows must have one, as there is no number for another.
 *
 * @param levels the values in their order
 */
record PlaceEncoder(int column, String name, Levels levels) implements FeatureEncoder {
    static PlaceEncoder of(AskedColumn asked) {
        return of(asked, asked.levels());
    }

    /** Of two values: 0 and 1. */
    static PlaceEncoder ofTwo(AskedColumn asked) {
        Levels levels = Levels.of(asked.asked(), asked.field(), asked.path());
        if (levels.size() != 2) {
            throw asked.lacks("an enum of two values");
        }
        return of(asked, levels);
    }

    private static PlaceEncoder of(AskedColumn asked, Levels levels) {
        if (!levels.cover(asked.field())) {
            throw asked.misses();
        }
        return new PlaceEncoder(asked.column(), asked.field().name(), levels);
    }

    @Override
    public List<Long> shape() {
        return List.of();
    }

    @Override
    public int values() {
        return levels.size();
    }

    @Override
    public boolean write(Row row, float[] out, int at) {
        if (!row.missing(column)) {
            out[at] = levels.place(row, column);
        }
        return true;
    }

    @Override
    public String loss() {
        return "that has no place among the declared ones";
    }
}
