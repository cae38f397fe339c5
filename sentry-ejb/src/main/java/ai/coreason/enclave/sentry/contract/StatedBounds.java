package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import java.util.OptionalDouble;

/**
 * What a job itself says of a number's range; where it says nothing, each site's dictionary does.
 *
 * @param minimum what lesser numbers are taken for
 * @param maximum what greater numbers are taken for; there if and only if the minimum is, and greater
 */
public record StatedBounds(OptionalDouble minimum, OptionalDouble maximum) {
    /** None. */
    public static final StatedBounds NONE = new StatedBounds(OptionalDouble.empty(), OptionalDouble.empty());

    static StatedBounds read(JsonFields f) {
        if (!f.has("minimum") && !f.has("maximum")) {
            return NONE;
        }
        double minimum = f.number("minimum", Range.finite());
        double maximum = f.number("maximum", Range.finite());
        if (minimum >= maximum) {
            throw InvalidDocument.at(f.at("minimum"), "less than the maximum", minimum);
        }
        return new StatedBounds(OptionalDouble.of(minimum), OptionalDouble.of(maximum));
    }

    /** Whether the job states any. */
    public boolean stated() {
        return minimum.isPresent();
    }

    /** Whether they hold every number between a site's. */
    public boolean cover(OptionalDouble least, OptionalDouble most) {
        return stated()
                && least.isPresent()
                && most.isPresent()
                && minimum.getAsDouble() <= least.getAsDouble()
                && most.getAsDouble() <= maximum.getAsDouble();
    }

    /** Whether they make one number of all that lie between a site's. */
    public boolean flatten(OptionalDouble least, OptionalDouble most) {
        return stated()
                && !cover(least, most)
                && (least.orElse(-Double.MAX_VALUE) >= maximum.getAsDouble()
                        || most.orElse(Double.MAX_VALUE) <= minimum.getAsDouble());
    }

    /** Whether a number lies beyond them, so that it is taken for one of them. */
    public boolean cut(double v) {
        return v < minimum.orElse(-Double.MAX_VALUE) || v > maximum.orElse(Double.MAX_VALUE);
    }

    /** The nearest number within them. */
    public double nearest(double v) {
        return Math.max(minimum.orElse(-Double.MAX_VALUE), Math.min(maximum.orElse(Double.MAX_VALUE), v));
    }
}
