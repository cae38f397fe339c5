package ai.coreason.enclave.sentry.data.encode;

import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.util.ArrayList;
import java.util.List;

/**
 * What a site's people should know of records that can be trained on, in sentences. They count records, so they never leave
 * the site; a simulation, which has all sites' records, prints them.
 */
public final class RecordNotes {
    /** Beyond this ratio, either way, the public number of units is far from the true one. */
    private static final double FAR = 1.25;

    private RecordNotes() {}

    /** What is worth a look although every record obeys the schema. */
    public static List<String> of(Dataset dataset, Findings found, Examples examples) {
        return of(dataset, found, examples.count(), examples.units());
    }

    /**
     * The same.
     *
     * @param count how many records have a label
     * @param units how many units these are of
     */
    static List<String> of(Dataset dataset, Findings found, long count, long units) {
        List<String> notes = new ArrayList<>();
        String unit = dataset.unit().column().isEmpty()
                ? "records"
                : "units of " + dataset.unit().column();
        long declared = dataset.declaredRows();
        if (units == 0) {
            notes.add("0 " + unit + " to train on, of " + declared
                    + " declared: a job gets nothing but noise from this site, and the budget is spent all the same");
        } else if (units > FAR * declared || units * FAR < declared) {
            notes.add(units + " " + unit + " to train on, far from the " + declared
                    + " declared, by which this site's updates are scaled");
        }
        if (found.rows() > count) {
            notes.add(found.rows() - count + " of " + found.rows() + " records are left out, as they miss the label");
        }
        found.missing()
                .forEach((column, gaps) -> notes.add(gaps + " of " + found.rows() + " records miss " + column
                        + ": a job that uses it reads zeros, or leaves the record out where it is the label"));
        notes.addAll(found.notes());
        return notes;
    }
}
