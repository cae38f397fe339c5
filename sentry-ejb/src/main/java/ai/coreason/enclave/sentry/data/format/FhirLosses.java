package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.sentry.data.format.FhirModifiers.Effect;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of FHIR resources reaches no record, or not as it is meant, by type and count: it is told to the site's people and
 * decides nothing. Not thread-safe; {@link #toString()} shows nothing.
 */
final class FhirLosses {
    private static final Set<Effect> FORBIDDEN = Set.of(Effect.DENIES, Effect.OBSCURE);

    private final FhirTable table;
    private final Map<String, Long> ofNobody = new TreeMap<>();
    /** By effect, and then by type and what is told of it, with the element's name. */
    private final Map<Effect, Map<String, Long>> modified = new EnumMap<>(Effect.class);

    private final Map<String, Long> compared = new TreeMap<>();
    private final boolean[] leadsSomewhere;

    FhirLosses(FhirTable table) {
        this.table = table;
        this.leadsSomewhere = new boolean[table.columns().size()];
    }

    /**
     * Whether a resource must not be used, and counts it: one that says that it is an error, is excluded or did not happen,
     * or one that says something that may turn its meaning and is not understood.
     */
    boolean forbids(JsonNode resource) {
        Map<Effect, Set<String>> found = FhirModifiers.of(resource);
        found.keySet().retainAll(FORBIDDEN);
        count(resource, found);
        return !found.isEmpty();
    }

    private void count(JsonNode resource, Map<Effect, Set<String>> found) {
        String type = resource.path("resourceType").asText();
        found.forEach((effect, elements) ->
                elements.forEach(element -> modified.computeIfAbsent(effect, e -> new TreeMap<>())
                        .merge(type + ' ' + said(effect).formatted(element), 1L, Long::sum)));
    }

    private static String said(Effect effect) {
        return switch (effect) {
            case DENIES -> "say by their %s that they are an error, are excluded or did not happen, and were left out";
            case OBSCURE -> "have a %s that is not understood and may turn their meaning, and were left out";
            case DOUBTS -> "say by their %s that they are not certain, or not done yet, and count all the same";
            case FOREIGN -> "have a %s in another form than R4's, which was read as what it says";
            case DENIES_A_PART ->
                "say by a %s within them that a part is an error, is excluded or did not happen, which paths read all the"
                        + " same";
        };
    }

    /** Takes note of a resource that gives records a context, but of nobody. */
    void ofNobody(String type) {
        ofNobody.merge(type, 1L, Long::sum);
    }

    /** Takes note of a resource that is used. */
    void weigh(JsonNode resource) {
        if (resource.findValue("comparator") != null) {
            compared.merge(resource.path("resourceType").asText(), 1L, Long::sum);
        }
        Map<Effect, Set<String>> found = FhirModifiers.of(resource);
        found.keySet().removeAll(FORBIDDEN);
        count(resource, found);
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
        modified.values().forEach(told -> tell(notes, told, ""));
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
        counts.forEach((type, count) -> notes.add(count + " resources of type " + (type + ' ' + what).strip()));
    }

    @Override
    public String toString() {
        return "FhirLosses[REDACTED]";
    }
}
