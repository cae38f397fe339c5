package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.ledger.Dataset;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A dataset as its node tells the Overseer of it at enrolment: what its owner registered and how its privacy filter
 * stands. It holds public values only.
 *
 * @param dataset what the owner registered
 * @param filterOrder order α* of the RDP filter, fixed at registration, &gt; 1
 * @param filterSpent RDP(α*) spent so far, &ge; 0
 * @param dictionary what its columns or tensors mean; empty from a node that does not say
 */
public record DatasetRegistration(
        Dataset dataset, double filterOrder, double filterSpent, Optional<PublicDictionary> dictionary) {
    private static final Range ORDER = new Range(1, true, Double.MAX_VALUE, false, "a finite number > 1");

    /**
     * Reads a registration.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static DatasetRegistration parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        DatasetRegistration read = new DatasetRegistration(
                Dataset.parse(f),
                f.number("filter_order", ORDER),
                f.number("filter_spent", Range.nonNegative()),
                f.has("dictionary") ? Optional.of(PublicDictionary.parse(f, "dictionary")) : Optional.empty());
        f.end();
        return read;
    }

    /** The registration as JSON. */
    public ObjectNode json() {
        ObjectNode out = dataset.json().put("filter_order", filterOrder).put("filter_spent", filterSpent);
        dictionary.ifPresent(d -> out.set("dictionary", d.json()));
        return out;
    }
}
