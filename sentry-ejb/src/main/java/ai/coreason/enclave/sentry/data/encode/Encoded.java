package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Encoded records, row-major: either {@code targets} or {@code classes} is there. {@link #toString()} shows none.
 *
 * @param shape the shape of one input
 * @param x inputs, count times the shape
 * @param targets numbers to predict, count times the output; null where there are classes
 * @param classes classes to predict, one a record; null where there are numbers
 * @param units the unit of each record; empty where each is one
 * @param unit whose presence is hidden
 * @param notes what the site should know of values that the job's encodings lose; counts never leave the site
 */
public record Encoded(
        long[] shape,
        float[] x,
        float[] targets,
        long[] classes,
        Optional<int[]> units,
        PrivacyUnit unit,
        List<String> notes) {
    static final String ONE_LABEL =
            "all labels are one and the same, as the job reads them: a model learns to say just that";

    public Examples examples() {
        Examples single = classes == null ? Examples.of(shape, x, targets) : Examples.of(shape, x, classes);
        return units.map(u -> single.byUnit(u, unit.maxRecords())).orElse(single);
    }

    /** How many records there are. */
    public int count() {
        return classes == null
                ? x.length / Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))
                : classes.length;
    }

    /** What is worth a look, in sentences for the site. */
    public List<String> remarks() {
        boolean one = classes == null
                ? IntStream.range(1, targets.length).allMatch(i -> targets[i] == targets[0])
                : IntStream.range(1, classes.length).allMatch(i -> classes[i] == classes[0]);
        List<String> all = new ArrayList<>(notes);
        if (one && (classes == null ? targets.length : classes.length) > 1) {
            all.add(ONE_LABEL);
        }
        return all;
    }

    /** What was found in the records, with what is worth a look now that they are encoded. */
    public Findings told(Findings found) {
        return found.noted(remarks()).noted(UnitSizes.notes(this));
    }

    @Override
    public String toString() {
        return "Encoded[REDACTED]";
    }
}
