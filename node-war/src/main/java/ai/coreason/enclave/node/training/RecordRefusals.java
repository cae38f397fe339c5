package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.copies.Copy;
import ai.coreason.enclave.node.copies.UnusableSketch;
import ai.coreason.enclave.node.data.Reading;
import ai.coreason.enclave.privacy.ledger.Dataset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Why a site's records cannot be used, in sentences for its people. They count records, so they never leave the site. */
final class RecordRefusals {
    private RecordRefusals() {}

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
