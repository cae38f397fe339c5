package ai.coreason.enclave.sentry.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an export says of its own completeness: manifests, errors, pages of a search. It decides nothing; the site's people
 * are told where files hold less. Not thread-safe; {@link #toString()} shows nothing. Source: FHIR Bulk Data Access 2.5
 * (manifest); FHIR R4 3.1.1 (Bundle.link, Bundle.total).
 */
final class FhirClaims {
    private final Set<String> named;
    private final Map<String, Long> read = new HashMap<>();
    private final Map<String, Long> listed = new TreeMap<>();
    private final Set<String> uncounted = new HashSet<>();
    private final Set<String> pages = new HashSet<>();
    private final Set<String> nextPages = new HashSet<>();
    private long objects;
    private long outcomes;
    private long failures;
    private long errorFiles;
    private long listedFiles;
    private long without;
    private long wrapped;

    /** How many entries are what was searched for, by the total of a search, which all of its pages state. */
    private final Map<Long, Long> searches = new TreeMap<>();

    /** @param named the types of which a manifest's counts matter */
    FhirClaims(Set<String> named) {
        this.named = Set.copyOf(named);
    }

    /** Takes note of a resource, whatever becomes of it. */
    void resource(JsonNode resource) {
        String type = resource.path("resourceType").asText();
        if (named.contains(type)) {
            read.merge(type, 1L, Long::sum);
        }
        if (type.equals("Parameters")) {
            wrapped += resources(resource.path("parameter"));
        }
        if (type.equals("OperationOutcome")) {
            for (JsonNode issue : resource.path("issue")) {
                if (!issue.path("severity").asText().equals("information")) {
                    outcomes++;
                    break;
                }
            }
        }
    }

    /** How many resources stand in parameters and their parts; those of a Bundle one by one. */
    private static long resources(JsonNode parameters) {
        long count = 0;
        for (JsonNode parameter : parameters) {
            JsonNode resource = parameter.path("resource");
            boolean bundle = resource.path("resourceType").asText().equals("Bundle");
            count += bundle ? resource.path("entry").size() : resource.isObject() ? 1 : 0;
            count += resources(parameter.path("part"));
        }
        return count;
    }

    /** Takes note of a line of an export's log, or of its manifest. */
    void ofTheExport(JsonNode object) {
        objects++;
        if (object.path("eventId").asText().endsWith("error")) {
            failures++;
        }
        errorFiles += object.path("error").size();
        listedFiles += object.path("output").size() + object.path("deleted").size();
        for (JsonNode file : object.path("output")) {
            String type = file.path("type").asText();
            if (named.contains(type) && file.path("count").isIntegralNumber()) {
                listed.merge(type, file.path("count").longValue(), Long::sum);
            } else {
                uncounted.add(type);
            }
        }
    }

    /** Takes note of an entry without a resource, which deletes none either. */
    void emptyEntry() {
        without++;
    }

    /**
     * Takes note of a Bundle.
     *
     * @param found how many of its entries are what was searched for
     */
    void bundle(JsonNode bundle, long found) {
        for (JsonNode link : bundle.path("link")) {
            String url = link.path("url").asText();
            switch (link.path("relation").asText()) {
                case "self" -> pages.add(url);
                case "next" -> nextPages.add(url);
                default -> {
                    // another page's link
                }
            }
        }
        if (bundle.path("total").isIntegralNumber()) {
            searches.merge(bundle.path("total").longValue(), found, Long::sum);
        }
    }

    /** What is worth a look, in sentences. */
    List<String> notes(int files) {
        List<String> notes = new ArrayList<>();
        if (objects > 0) {
            notes.add(objects + " objects are of the export's log or manifest and were passed over");
        }
        listed.forEach((type, count) -> {
            long there = read.getOrDefault(type, 0L);
            if (!uncounted.contains(type) && there < count) {
                notes.add("the export is not whole: its manifest counts " + count + " resources of type " + type
                        + ", the files hold " + there);
            }
        });
        if (listedFiles > files) {
            notes.add("the export is not whole: its manifest lists " + listedFiles + " files, at most " + files
                    + " are here");
        }
        if (errorFiles + outcomes + failures > 0) {
            notes.add(
                    "the export says that it failed in part: " + outcomes + " OperationOutcomes of errors or warnings, "
                            + errorFiles + " files of errors in its manifest, " + failures + " errors in its log");
        }
        nextPages.removeAll(pages);
        if (!nextPages.isEmpty()) {
            notes.add(nextPages.size() + " pages of a search name a next page that no file holds");
        }
        searches.entrySet().removeIf(s -> s.getValue() >= s.getKey());
        searches.forEach((total, found) ->
                notes.add("a search found " + total + " resources, the files hold " + found + " of them"));
        if (without > 0) {
            notes.add(without + " entries of Bundles hold no resource and were passed over");
        }
        if (wrapped > 0) {
            notes.add(
                    wrapped + " resources stand within Parameters and were passed over: write them as Bundles, or one a"
                            + " line");
        }
        return notes;
    }

    @Override
    public String toString() {
        return "FhirClaims[REDACTED]";
    }
}
