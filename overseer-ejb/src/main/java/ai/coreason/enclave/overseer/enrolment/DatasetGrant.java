package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.Dataset;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A dataset that an operator allows a node to register: so many rows at most, as rows are what a node weighs in the average.
 *
 * @param dataOwner whose it is
 * @param datasetId which
 * @param maxRows the most {@code declared_rows}, at least 1
 */
public record DatasetGrant(String dataOwner, String datasetId, long maxRows) {
    private static final int MOST = 100;
    private static final long MOST_ROWS = 1L << 53;

    /**
     * Reads the member {@code datasets} of a request for an enrolment token.
     *
     * @throws InvalidDocument naming what does not fit; none, too many, or one twice
     */
    public static List<DatasetGrant> read(JsonFields f) {
        List<DatasetGrant> grants = f.list("datasets", "an array of datasets", DatasetGrant::parse);
        if (grants.isEmpty() || grants.size() > MOST) {
            throw InvalidDocument.at(f.at("datasets"), "1 to " + MOST + " datasets", grants.size());
        }
        Set<String> ids = new HashSet<>();
        for (DatasetGrant grant : grants) {
            if (!ids.add(grant.datasetId())) {
                throw InvalidDocument.at(f.at("datasets"), "every dataset_id once", grant.datasetId());
            }
        }
        return grants;
    }

    private static DatasetGrant parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        DatasetGrant grant = new DatasetGrant(
                f.identifier("data_owner"), f.identifier("dataset_id"), f.whole("max_rows", 1, MOST_ROWS));
        f.end();
        return grant;
    }

    /** These as they are shown. */
    public static ArrayNode json(List<DatasetGrant> grants) {
        ArrayNode out = Json.object().putArray("datasets");
        grants.forEach(g -> out.addObject()
                .put("data_owner", g.dataOwner())
                .put("dataset_id", g.datasetId())
                .put("max_rows", g.maxRows()));
        return out;
    }

    /** These as they are stored. */
    static String text(List<DatasetGrant> grants) {
        return new String(Json.write(json(grants)), StandardCharsets.UTF_8);
    }

    /** Reads what {@link #text} wrote. */
    static List<DatasetGrant> parse(String text) {
        ObjectNode whole = Json.object();
        whole.set("datasets", Json.read(text));
        return read(JsonFields.of(whole, "allowed"));
    }

    /**
     * What is wrong with a registration, by these grants.
     *
     * @param at where the registration stands in its document, such as {@code datasets[0]}
     * @return which member, what was expected and what came; empty if it is allowed
     */
    static Optional<String> objection(List<DatasetGrant> grants, String at, Dataset dataset) {
        Optional<DatasetGrant> found = grants.stream()
                .filter(g -> g.datasetId().equals(dataset.datasetId()))
                .findFirst();
        if (found.isEmpty()) {
            return Optional.of(
                    at + ".dataset_id: expected a dataset that the enrolment token allows, got " + dataset.datasetId());
        }
        DatasetGrant grant = found.get();
        if (!grant.dataOwner().equals(dataset.dataOwner())) {
            return Optional.of(at + ".data_owner: expected " + grant.dataOwner() + ", as the enrolment token says, got "
                    + dataset.dataOwner());
        }
        return dataset.declaredRows() <= grant.maxRows()
                ? Optional.empty()
                : Optional.of(at + ".declared_rows: expected at most " + grant.maxRows()
                        + ", as the enrolment token says, got " + dataset.declaredRows());
    }
}
