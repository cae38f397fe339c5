package ai.coreason.enclave.sentry.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of FHIR resources reaches no record, or not as it is meant, by type and count: it is told to the site's people and
 * decides nothing. Not thread-safe; {@link #toString()} shows nothing.
 */
final class FhirLosses {
    private static final String IN_ERROR = "entered-in-error";

    private final FhirTable table;
    private final Map<String, Long> ofNobody = new TreeMap<>();
    private final Map<String, Long> inError = new TreeMap<>();
    private final Map<String, Long> modified = new TreeMap<>();
    private final Map<String, Long> compared = new TreeMap<>();
    private final boolean[] leadsSomewhere;

    FhirLosses(FhirTable table) {
        this.table = table;
        this.leadsSomewhere = new boolean[table.columns().size()];
    }

    /**
     * Whether a resource must not be used, and counts it: one that was entered in error, or one with a
     * {@code modifierExtension}, of which none is understood. Source: FHIR R4 2.4.0 (modifierExtension), 8.4, 9.2.
     */
    boolean forbids(JsonNode resource) {
        String type = resource.path("resourceType").asText();
        if (!resource.path("modifierExtension").isEmpty()) {
            modified.merge(type, 1L, Long::sum);
            return true;
        }
        boolean wrong = resource.path("status").asText().equals(IN_ERROR);
        for (JsonNode coding : resource.path("verificationStatus").path("coding")) {
            wrong |= coding.path("code").asText().equals(IN_ERROR);
        }
        if (wrong) {
            inError.merge(type, 1L, Long::sum);
        }
        return wrong;
    }

    /** Takes note of a resource that gives records a context, but of nobody. */
    void ofNobody(String type) {
        ofNobody.merge(type, 1L, Long::sum);
    }

    /** Takes note of a resource that is used. */
    void weigh(JsonNode resource) {
        boolean bound = resource.path("valueQuantity").has("comparator");
        for (JsonNode component : resource.path("component")) {
            bound |= component.path("valueQuantity").has("comparator");
        }
        if (bound) {
            compared.merge(resource.path("resourceType").asText(), 1L, Long::sum);
        }
    }

    /** Takes note of whether a column's path leads nowhere in a record. */
    void column(int column, boolean nowhere) {
        leadsSomewhere[column] |= !nowhere;
    }

    /**
     * What is worth a look, in sentences.
     *
     * @param missingTypes of which no file has a resource, which is told elsewhere
     */
    List<String> notes(long rows, Set<String> missingTypes) {
        List<String> notes = new ArrayList<>();
        tell(notes, ofNobody, "name no patient that is known, so no record sees them");
        tell(notes, inError, "were entered in error, as they say, and were left out");
        tell(notes, modified, "have a modifierExtension, which may turn their meaning, and were left out");
        tell(notes, compared, "give a quantity with a comparator such as <, of which paths read the number alone");
        for (int i = 0; rows > 0 && i < leadsSomewhere.length; i++) {
            boolean known = table.columns()
                    .get(i)
                    .path()
                    .type()
                    .filter(missingTypes::contains)
                    .isPresent();
            if (!leadsSomewhere[i] && !known) {
                notes.add(table.schema().fields().get(i).name() + ": its path leads nowhere in any of " + rows
                        + " records");
            }
        }
        return notes;
    }

    private static void tell(List<String> notes, Map<String, Long> counts, String what) {
        counts.forEach((type, count) -> notes.add(count + " resources of type " + type + ' ' + what));
    }

    @Override
    public String toString() {
        return "FhirLosses[REDACTED]";
    }
}
