package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The resources that are kept while files are read: of each type, id and server the newest version, none that was deleted,
 * in the order in which each was met first. What is kept does not depend on the order. Not thread-safe;
 * {@link #toString()} shows none.
 */
final class FhirShelf {
    private static final long MAX_HELD = 2L << 30;
    /** So many resources of one type and id, none known to be newer, are unclear for good: each is compared with all. */
    private static final int CROWD = 64;

    /**
     * One resource.
     *
     * @param json its compact JSON; empty for one that is no record and that no path reads, which is remembered so that an
     *     older version does not stand for it
     * @param patient the name of the patient that it is, or is of
     * @param server whose it is, as its fullUrl says; empty where nothing says
     * @param place where it stands, for a finding
     */
    record Held(
            String type,
            FhirVersion version,
            byte[] json,
            Optional<Patients.Name> patient,
            String server,
            String place) {
        boolean used() {
            return json.length > 0;
        }

        /** Whether both say the same, whatever the order of members. */
        private boolean same(Held other) {
            return Arrays.equals(json, other.json)
                    || used() && other.used() && Json.read(json).equals(Json.read(other.json));
        }

        private boolean maybeOfServer(String other) {
            return server.isEmpty() || other.isEmpty() || server.equals(other);
        }

        /** Above 0 if it is newer than the other one, below if older; 0 where nothing says, or they are of two servers. */
        private int order(Held other) {
            return maybeOfServer(other.server) ? version.compare(other.version).orElse(0) : 0;
        }

        private boolean repeats(Held other) {
            return maybeOfServer(other.server) && order(other) == 0 && same(other);
        }

        @Override
        public String toString() {
            return "Held[REDACTED]";
        }
    }

    private record Deletion(String server, FhirVersion version) {
        /** Whether the resource is none that was written after it; where nobody says, none was. */
        boolean takes(Held resource) {
            return resource.maybeOfServer(server) && !resource.version().after(version);
        }
    }

    /** What has one type and id: the versions of which none is known to be older than another one. */
    private static final class Slot {
        private final List<Held> newest = new ArrayList<>(1);
        private String server = "";
        private boolean severalServers;
        private boolean unknownServer;
        private boolean crowded;

        private void meet(String from) {
            severalServers |= !from.isEmpty() && !server.isEmpty() && !from.equals(server);
            server = from.isEmpty() ? server : from;
            unknownServer |= from.isEmpty();
        }

        /** Whether it cannot be told which resource counts. */
        private boolean unclear() {
            boolean oneServerTwice =
                    newest.stream().map(Held::server).distinct().count() < newest.size();
            boolean two = crowded || (severalServers ? unknownServer || oneServerTwice : newest.size() > 1);
            return two && newest.stream().anyMatch(Held::used);
        }

        /** Leaves out what two servers' resources say alike. */
        private int leaveOutCopies() {
            int count = newest.size();
            for (int i = count - 1; i > 0; i--) {
                if (newest.subList(0, i).stream().anyMatch(newest.get(i)::same)) {
                    newest.remove(i);
                }
            }
            return count - newest.size();
        }
    }

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<String, List<Deletion>> deletions = new HashMap<>();
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
        Slot slot =
                slots.computeIfAbsent(id.isEmpty() ? "#" + slots.size() : resource.type() + '/' + id, k -> new Slot());
        slot.meet(resource.server());
        List<Held> before = slot.newest;
        if (before.size() == CROWD) {
            slot.crowded = true;
            return;
        }
        if (before.stream().anyMatch(b -> resource.order(b) < 0)) {
            older++;
        } else if (before.stream().anyMatch(resource::repeats)) {
            again++;
        } else {
            int count = before.size();
            before.removeIf(b -> {
                boolean gone = resource.order(b) > 0;
                count(gone ? -b.json().length : 0);
                return gone;
            });
            older += count - before.size();
            before.add(resource);
            count(resource.json().length);
        }
    }

    /**
     * Takes note that a resource was deleted.
     *
     * @param server on which; on any where empty
     * @param version when it was, and the version's number that the deletion has; where nobody says, no version is newer
     */
    void delete(String type, String id, String server, FhirVersion version) {
        deletions.computeIfAbsent(type + '/' + id, k -> new ArrayList<>(1)).add(new Deletion(server, version));
    }

    /** What is left of it, once all files are read. */
    List<Held> resources() {
        deletions.forEach((key, all) -> {
            List<Held> newest = slots.containsKey(key) ? slots.get(key).newest : new ArrayList<>();
            int count = newest.size();
            newest.removeIf(h -> all.stream().anyMatch(d -> d.takes(h)));
            deleted += count - newest.size();
        });
        for (Slot slot : slots.values()) {
            again += slot.leaveOutCopies();
        }
        return slots.values().stream()
                .flatMap(s -> s.newest.stream())
                .filter(Held::used)
                .toList();
    }

    /**
     * Where resources stand that have the type and id of another one and say otherwise, without telling which is newer, or
     * of which of two servers they are.
     */
    List<String> unclear() {
        return slots.values().stream()
                .filter(s -> !s.newest.isEmpty() && s.unclear())
                .map(s -> s.newest.get(s.newest.size() - 1).place())
                .toList();
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
        long shared = slots.values().stream()
                .filter(s -> s.newest.size() > 1 && !s.unclear())
                .count();
        if (shared > 0) {
            notes.add(shared + " ids are of resources of several servers, as their fullUrl says: each of these counts");
        }
        return notes;
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
