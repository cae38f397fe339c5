package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The resources that are kept while files are read: of each type and id the newest version, none that was deleted, in the
 * order in which each was met first. Not thread-safe; {@link #toString()} shows none.
 */
final class FhirShelf {
    private static final long MAX_HELD = 2L << 30;

    /**
     * One resource.
     *
     * @param json its compact JSON; empty for one that is no record and that no path reads, which is remembered so that an
     *     older version does not stand for it
     * @param patient the name of the patient that it is, or is of
     * @param place where it stands, for a finding
     */
    record Held(String type, FhirVersion version, byte[] json, Optional<Patients.Name> patient, String place) {
        boolean used() {
            return json.length > 0;
        }

        @Override
        public String toString() {
            return "Held[REDACTED]";
        }
    }

    private final List<Held> held = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, Optional<Instant>> deletions = new HashMap<>();
    private final List<String> unclear = new ArrayList<>();
    private long bytes;
    private long again;
    private long older;
    private long deleted;

    /**
     * Takes a resource.
     *
     * @param id what tells it from others of its type; empty where nothing does, and then it is one of its own
     */
    void put(String id, Held resource) {
        if (id.isEmpty()) {
            add(resource);
            return;
        }
        String key = resource.type() + '/' + id;
        Integer place = places.putIfAbsent(key, held.size());
        if (place == null) {
            add(resource);
            return;
        }
        Held before = held.get(place);
        int order = resource.version().compare(before.version()).orElse(0);
        if (order > 0) {
            count(resource.json().length - before.json().length);
            held.set(place, resource);
        }
        if (order != 0) {
            older++;
        } else if (Arrays.equals(resource.json(), before.json())) {
            again++;
        } else {
            unclear.add(resource.place());
        }
    }

    /**
     * Takes note that a resource was deleted; of several times the last counts.
     *
     * @param when it was; where nobody says, no version is newer
     */
    void delete(String type, String id, Optional<Instant> when) {
        deletions.merge(
                type + '/' + id,
                when,
                (a, b) ->
                        a.isEmpty() || b.isEmpty() ? Optional.empty() : a.get().isAfter(b.get()) ? a : b);
    }

    /** What is left of it, once all files are read. */
    List<Held> resources() {
        deletions.forEach((key, when) -> {
            Integer place = places.get(key);
            boolean newer = place != null
                    && when.isPresent()
                    && held.get(place)
                            .version()
                            .updated()
                            .filter(when.get()::isBefore)
                            .isPresent();
            if (place != null && !newer) {
                held.set(place, null);
                deleted++;
            }
        });
        return held.stream().filter(h -> h != null && h.used()).toList();
    }

    /** Where resources stand that have the type and id of another one and say otherwise, without telling which is newer. */
    List<String> unclear() {
        return unclear;
    }

    /** What was left out, in sentences. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (again > 0) {
            notes.add(again + " resources stand there again, as they are, and count once");
        }
        if (older > 0) {
            notes.add(older + " resources are older versions of others and were left out");
        }
        if (deleted > 0) {
            notes.add(deleted + " resources were deleted later, as the export says, and were left out");
        }
        return notes;
    }

    private void add(Held resource) {
        held.add(resource);
        count(resource.json().length);
    }

    private void count(long more) {
        bytes += more;
        if (bytes > MAX_HELD) {
            throw InvalidDocument.at("fhir", "at most " + MAX_HELD + " bytes of the types that are named", "more");
        }
    }

    @Override
    public String toString() {
        return "FhirShelf[REDACTED]";
    }
}
