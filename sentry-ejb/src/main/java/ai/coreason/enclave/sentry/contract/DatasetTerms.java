package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import ai.coreason.enclave.privacy.json.JsonFields.Range;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a data owner registers about a dataset: fixed for the dataset's life, and public.
 *
 * @param dataOwner who answers for it
 * @param datasetId its id at that owner
 * @param privacyUnit whose presence is hidden
 * @param declaredRows N, public and rounded, in privacy units; at least 1
 * @param delta the ledger's δ, in (0, 1/N)
 * @param epsilonCeiling most ε that all jobs together may spend, in (0, 5]
 * @param isPublic whether the owner declared the records public, so that they need no protection
 */
public record DatasetTerms(
        String dataOwner,
        String datasetId,
        PrivacyUnit privacyUnit,
        long declaredRows,
        double delta,
        double epsilonCeiling,
        boolean isPublic) {

    private static final long MAX_ROWS = 1_000_000_000_000L;

    /**
     * Reads the terms' members of an object, and leaves its others unread.
     *
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static DatasetTerms read(JsonFields f) {
        long rows = f.whole("declared_rows", 1, MAX_ROWS);
        Range delta = new Range(0, true, 1.0 / rows, true, "a number in (0, 1/declared_rows), declared_rows " + rows);
        return new DatasetTerms(
                Formats.identifier(f, "data_owner"),
                Formats.identifier(f, "dataset_id"),
                PrivacyUnit.parse(f.any("privacy_unit", "record or {column, max_records}"), f.at("privacy_unit")),
                rows,
                f.number("delta", delta),
                f.number("epsilon_ceiling", PrivacySpec.EPSILON),
                f.flag("public", false));
    }

    /** The terms as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object().put("data_owner", dataOwner).put("dataset_id", datasetId);
        out.set("privacy_unit", privacyUnit.json());
        return out.put("declared_rows", declaredRows)
                .put("delta", delta)
                .put("epsilon_ceiling", epsilonCeiling)
                .put("public", isPublic);
    }
}
