package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.StatedBounds;
import ai.coreason.enclave.sentry.data.schema.Constraints;
import ai.coreason.enclave.sentry.data.schema.FieldType;
import ai.coreason.enclave.sentry.data.schema.Row;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * One number from one number.
 *
 * @param bounds the job's own: a number beyond is taken for the nearer one
 * @param rule what becomes of the number
 */
record NumberEncoder(int column, String name, StatedBounds bounds, DoubleUnaryOperator rule) implements FeatureEncoder {
    static NumberEncoder identity(AskedColumn asked) {
        return of(asked, v -> v);
    }

    static NumberEncoder standardise(AskedColumn asked, EncodingSpec.Standardise by) {
        return of(asked, v -> (v - by.mean()) / by.std());
    }

    static NumberEncoder minMax(AskedColumn asked) {
        asked.requireNumber();
        return of(asked, asked.range()::place);
    }

    /** 0 or 1 as they stand. */
    static NumberEncoder binary(AskedColumn asked) {
        Constraints c = asked.field().constraints();
        FieldType type = asked.field().type();
        boolean byEnum = !c.numbers().isEmpty() && List.of(0.0, 1.0).containsAll(c.numbers());
        boolean byBounds = type == FieldType.INTEGER
                && c.minimum().orElse(-1) >= 0
                && c.maximum().orElse(2) <= 1;
        if (type != FieldType.BOOLEAN && !byEnum && !byBounds) {
            throw asked.lacks("the enum [0, 1]");
        }
        return of(asked, v -> v);
    }

    private static NumberEncoder of(AskedColumn asked, DoubleUnaryOperator rule) {
        asked.requireNumber();
        return new NumberEncoder(
                asked.column(), asked.field().name(), asked.asked().encode().bounds(), rule);
    }

    @Override
    public List<Long> shape() {
        return List.of();
    }

    @Override
    public boolean write(Row row, float[] out, int at) {
        if (row.missing(column)) {
            return true;
        }
        double v = row.number(column);
        out[at] = FeatureEncoder.saturated(rule.applyAsDouble(bounds.nearest(v)));
        return !bounds.cut(v);
    }

    @Override
    public String loss() {
        return "beyond the job's bounds: it is read as the bound";
    }
}
