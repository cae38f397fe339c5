package ai.coreason.enclave.sentry.data.encode;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How many records the units of a dataset have: one with far more than the others may be several that share a name. */
public final class UnitSizes {
    /** Beyond this many times the upper quartile a unit is far from the others. */
    private static final long FAR = 10;

    private UnitSizes() {}

    /**
     * What the site should know, in a sentence without any name. Where most units have one record, more than one is told,
     * unless {@code maxRecords} says that they may have so many.
     *
     * @param unitOfRecord the unit of each record, numbered from 0
     */
    static Optional<String> note(int[] unitOfRecord, String column, int maxRecords) {
        int units = Arrays.stream(unitOfRecord).max().orElse(-1) + 1;
        if (units < 2) {
            return Optional.empty();
        }
        int[] sizes = new int[units];
        for (int unit : unitOfRecord) {
            sizes[unit]++;
        }
        Arrays.sort(sizes);
        int quartile = sizes[(int) (3L * (units - 1) / 4)];
        long limit = Math.max(maxRecords, quartile == 1 ? 1 : FAR * quartile);
        long more = Arrays.stream(sizes).filter(s -> s > limit).count();
        return more == 0
                ? Optional.empty()
                : Optional.of(more + " of " + units + " units of " + column + " have more than " + limit
                        + " records, the largest " + sizes[units - 1] + ", where three quarters have at most "
                        + quartile + ": if a unit there is several persons under one name, such as NULL or a number cut"
                        + " short, none of them is protected as the budget says");
    }

    /** The note as a list of none or one. */
    public static List<String> notes(Encoded encoded) {
        return encoded.units()
                .flatMap(u -> note(u, encoded.unit().column(), encoded.unit().maxRecords()))
                .map(List::of)
                .orElse(List.of());
    }
}
