package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What a data owner registers once for a dataset and what then stays for the dataset's life.
 *
 * @param dataOwner who owns the records
 * @param datasetId the name by which jobs ask for the dataset
 * @param unit whose presence is hidden
 * @param declaredRows the public number of units N; a rounded constant, never counted from the records
 * @param delta δ of the ledger, below 1/N
 * @param ceiling the ε that all jobs together may cost; at most {@link #HIGHEST_CEILING}
 * @param open whether the owner declared the records public, so that training without noise is allowed
 */
public record Dataset(
        String dataOwner,
        String datasetId,
        PrivacyUnit unit,
        long declaredRows,
        double delta,
        double ceiling,
        boolean open) {
    /** No dataset may ever cost more than this ε. */
    public static final double HIGHEST_CEILING = 5.0;

    /** Refuses what is out of range, naming the member. */
    public Dataset {
        require(JsonFields.isIdentifier(dataOwner), "data_owner", JsonFields.IDENTIFIER, dataOwner);
        require(JsonFields.isIdentifier(datasetId), "dataset_id", JsonFields.IDENTIFIER, datasetId);
        require(declaredRows >= 1, "declared_rows", "a whole number >= 1", declaredRows);
        require(delta > 0 && delta < 1.0 / declaredRows, "delta", "in (0, 1/declared_rows)", delta);
        require(
                ceiling > 0 && ceiling <= HIGHEST_CEILING,
                "epsilon_ceiling",
                "in (0, " + HIGHEST_CEILING + "]",
                ceiling);
    }

    /**
     * Reads a registration's members of an object, such as the {@code coreason} block of a Data Package resource, and
     * leaves its others unread.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument naming the first member that does not fit
     */
    public static Dataset parse(JsonFields f) {
        return parse(f, "epsilon_ceiling");
    }

    /** The same, where {@code privacy_unit} may be left out. */
    public static Dataset parse(JsonFields f, PrivacyUnit otherwise) {
        return parse(f, "epsilon_ceiling", Optional.of(otherwise));
    }

    /** The same, where the ceiling has another name. */
    static Dataset parse(JsonFields f, String ceilingName) {
        return parse(f, ceilingName, Optional.empty());
    }

    private static Dataset parse(JsonFields f, String ceilingName, Optional<PrivacyUnit> otherwise) {
        String owner = f.identifier("data_owner");
        String id = f.identifier("dataset_id");
        PrivacyUnit unit = otherwise.isPresent() && !f.has("privacy_unit")
                ? otherwise.get()
                : PrivacyUnit.parse(f.any("privacy_unit", "\"record\" or an object"), f.at("privacy_unit"));
        long rows = f.whole("declared_rows", 1, 1_000_000_000_000L);
        double delta = f.number(
                "delta",
                new Range(0, true, 1.0 / rows, true, "a number in (0, 1/declared_rows) = (0, " + 1.0 / rows + ")"));
        double ceiling = f.number(
                ceilingName, new Range(0, true, HIGHEST_CEILING, false, "a number in (0, " + HIGHEST_CEILING + "]"));
        boolean open = f.flag("public", false);
        return new Dataset(owner, id, unit, rows, delta, ceiling, open);
    }

    /** The block that {@link #parse} reads. */
    public ObjectNode json() {
        ObjectNode o = Json.object().put("data_owner", dataOwner).put("dataset_id", datasetId);
        o.set("privacy_unit", unit.json());
        return o.put("declared_rows", declaredRows)
                .put("delta", delta)
                .put("epsilon_ceiling", ceiling)
                .put("public", open);
    }

    /** The hash that the dataset's chain of charges begins with: SHA-256 over the registration. */
    public String genesis() {
        return Json.digest(json());
    }

    /** The filter that enforces the ceiling; its order depends on ceiling and δ alone. */
    public RdpFilter filter() {
        return RdpFilter.forCeiling(ceiling, delta);
    }

    private static void require(boolean holds, String name, String expected, Object came) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", got " + came);
        }
    }
}
