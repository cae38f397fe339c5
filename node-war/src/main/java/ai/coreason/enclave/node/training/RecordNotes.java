package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.copies.Copy;
import ai.coreason.enclave.node.copies.UnusableSketch;
import ai.coreason.enclave.node.data.Reading;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a site's people should know of their records, in sentences. They count records, so they never leave the site. */
final class RecordNotes {
    /** Beyond this ratio, either way, the public number of units is far from the true one. */
    private static final double FAR = 1.25;

    private RecordNotes() {}

    /** What is worth a look although every record obeys the schema. */
    static List<String> of(Dataset dataset, Reading.Ready ready) {
        List<String> notes = new ArrayList<>();
        String unit = dataset.unit().column().isEmpty()
                ? "records"
                : "units of " + dataset.unit().column();
        long units = ready.examples().units();
        long declared = dataset.declaredRows();
        if (units == 0) {
            notes.add("0 " + unit + " to train on, of " + declared
                    + " declared: a job gets nothing but noise from this site, and the budget is spent all the same");
        } else if (units > FAR * declared || units * FAR < declared) {
            notes.add(units + " " + unit + " to train on, far from the " + declared
                    + " declared, by which this site's updates are scaled");
        }
        Findings found = ready.findings();
        if (found.rows() > ready.examples().count()) {
            notes.add(found.rows() - ready.examples().count() + " of " + found.rows()
                    + " records are left out, as they miss the label");
        }
        found.missing()
                .forEach((column, count) -> notes.add(count + " of " + found.rows() + " records miss " + column
                        + ": a job that uses it reads zeros, or leaves the record out where it is the label"));
        notes.addAll(found.notes());
        return notes;
    }

    /** That records are copies, of which datasets, and what the owner can do. */
    static String copies(List<Copy> copies) {
        return copies.stream()
                        .map(c -> "about " + c.records() + " of the records are also in dataset "
                                + c.other().datasetId() + " of node "
                                + c.other().nodeId())
                        .collect(Collectors.joining(", "))
                + ": whoever they are about would be in two datasets, whose budgets know nothing of each other. Remove the"
                + " copy; or, where the records only look alike, say so with enclave node reopen, after which the two are"
                + " not compared again";
    }

    /** That fingerprints cannot be compared, and what the owner can do. */
    static String unusable(UnusableSketch why) {
        return "nobody can tell whether the records are copies: " + why.getMessage()
                + ". Find out who changed the file; without it, its dataset's fingerprints are taken anew when that is next"
                + " trained on";
    }

    /** Why records cannot be used. */
    static String refusal(Dataset dataset, Reading.Refused refused) {
        String unnamed = refused.unnamed() == 0
                ? ""
                : refused.unnamed() + " records miss " + dataset.unit().column() + ", which says whose they are; ";
        return "the records do not fit their schema: " + unnamed + "findings "
                + new String(Json.write(refused.findings().json()), StandardCharsets.UTF_8)
                + refused.findings().notes().stream().map(n -> "; " + n).collect(Collectors.joining());
    }
}
