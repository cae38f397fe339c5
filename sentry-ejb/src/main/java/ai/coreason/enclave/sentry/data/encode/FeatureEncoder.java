package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.util.List;

/**
 * Turns one column of a record into numbers by a rule that only the job and the schema decide, so that nothing of the
 * data goes into it. It has numbers for every value: one beyond the bounds becomes the bound, and one that is missing, or
 * that the job's order leaves out, becomes zeros, so that no job learns of a record by whether it is taken. Immutable and
 * thread-safe.
 */
public interface FeatureEncoder {
    /**
     * The encoder that a job asks for.
     *
     * @param path where the job asks, for errors
     * @throws InvalidDocument if the schema lacks the column, or neither says what the encoding needs
     */
    static FeatureEncoder of(EncodedField asked, String path, TableSchema schema) {
        AskedColumn column = AskedColumn.of(asked, path, schema);
        EncodingSpec spec = asked.encode();
        if (spec instanceof EncodingSpec.Identity) {
            return NumberEncoder.identity(column);
        }
        if (spec instanceof EncodingSpec.Standardise standardise) {
            return NumberEncoder.standardise(column, standardise);
        }
        if (spec instanceof EncodingSpec.MinMax) {
            return NumberEncoder.minMax(column);
        }
        if (spec instanceof EncodingSpec.OneHot) {
            return OneHotEncoder.of(column);
        }
        if (spec instanceof EncodingSpec.ClassIndex) {
            return PlaceEncoder.of(column);
        }
        if (spec instanceof EncodingSpec.Binary) {
            return column.orderedTexts() ? PlaceEncoder.ofTwo(column) : NumberEncoder.binary(column);
        }
        throw InvalidDocument.at(path + ".encode", "an encoding of a column: the data is a table", spec.wire());
    }

    /** The column's place in the schema. */
    int column();

    /** Its name. */
    String name();

    /** The shape of what it becomes for one record; empty for one number. */
    List<Long> shape();

    /** How many numbers that is. */
    default int width() {
        return (int) shape().stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** How many different values it may have; 0 where it is no matter of places among values. */
    default int values() {
        return 0;
    }

    /**
     * Writes the column's numbers, all within float32's range. What it writes of a value that breaks the schema means
     * nothing.
     *
     * @param out where they go; zeros
     * @param at the place of the first
     * @return false where there is a value that has no numbers of its own
     */
    boolean write(Row row, float[] out, int at);

    /** What becomes of a value that has no numbers of its own, as the end of a sentence. */
    String loss();

    /** The nearest number of float32 that is finite; 0 for what is no number. */
    static float saturated(double v) {
        return Double.isNaN(v) ? 0 : (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, v));
    }
}
