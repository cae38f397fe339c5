package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.privacy.dpsgd.PlanRanges;
import ai.coreason.enclave.privacy.json.JsonFields;
import ai.coreason.enclave.privacy.json.JsonFields.Range;
import java.util.Set;

/**
 * One field of a dataset and how it is encoded. Every parameter is public and costs no privacy.
 *
 * @param field the column's, or the tensor's, name
 * @param encode how it becomes numbers
 * @param mean subtracted by {@code standardise}; 0 otherwise
 * @param std divisor of {@code standardise}, &gt; 0; 1 otherwise
 * @param scale factor of {@code tensor}, &gt; 0; 1 otherwise
 */
public record EncodedField(String field, Encoding encode, double mean, double std, double scale) {
    private static final int MAX_NAME = 256;

    static EncodedField readFeature(JsonFields f) {
        return read(f, Encoding.FEATURE);
    }

    static EncodedField readLabel(JsonFields f) {
        return read(f, Encoding.LABEL);
    }

    private static EncodedField read(JsonFields f, Set<Encoding> allowed) {
        String field = f.text(
                "field",
                "a name of 1 to " + MAX_NAME + " characters",
                s -> !s.isBlank() && s.length() <= MAX_NAME && s.chars().noneMatch(Character::isISOControl));
        Encoding encode = Encoding.read(f, "encode", allowed);
        boolean standardise = encode == Encoding.STANDARDISE;
        EncodedField read = new EncodedField(
                field,
                encode,
                standardise ? f.number("mean", Range.finite()) : 0,
                standardise ? f.number("std", Formats.positiveFloat()) : 1,
                encode == Encoding.TENSOR ? f.number("scale", PlanRanges.SCALE, 1) : 1);
        f.end();
        return read;
    }
}
