package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a node keeps of a dataset for its own site: whether it is closed, and what was noticed when its records were read
 * last. It counts records, so it never leaves the site.
 *
 * @param datasetId the dataset
 * @param closed why no job may use it now; empty where jobs may
 * @param notes what the owner should know of the records, in sentences
 * @param distinctFrom datasets whose records are other ones, as the owner said, however alike they look
 */
public record DatasetStanding(
        String datasetId, Optional<Closure> closed, List<String> notes, List<NodeDataset> distinctFrom) {
    /**
     * Why a dataset is closed.
     *
     * @param since when it was closed
     * @param why what was found, in a sentence for the site
     * @param copyOf the datasets that its records look like copies of; empty where it was closed for another reason
     */
    public record Closure(Instant since, String why, List<NodeDataset> copyOf) {
        /** Copies the list. */
        public Closure {
            copyOf = List.copyOf(copyOf);
        }

        /** A closure for another reason than copies. */
        public Closure(Instant since, String why) {
            this(since, why, List.of());
        }
    }

    /** Copies the lists. */
    public DatasetStanding {
        notes = List.copyOf(notes);
        distinctFrom = List.copyOf(distinctFrom);
    }

    /** A dataset of which the owner said nothing. */
    public DatasetStanding(String datasetId, Optional<Closure> closed, List<String> notes) {
        this(datasetId, closed, notes, List.of());
    }

    /** A dataset of which nothing is known. */
    public static DatasetStanding open(String datasetId) {
        return new DatasetStanding(datasetId, Optional.empty(), List.of());
    }

    /** Where it is kept below a node's folder of state. */
    public static Path file(Path state, String datasetId) {
        return folder(state).resolve(datasetId + ".json");
    }

    /** Where those of all datasets are kept. */
    public static Path folder(Path state) {
        return state.resolve("datasets");
    }

    /** The same dataset, closed. */
    public DatasetStanding close(Closure closure) {
        return new DatasetStanding(datasetId, Optional.of(closure), notes, distinctFrom);
    }

    /** The same dataset, open to jobs. What it was closed as a copy of is distinct from it from now on: its owner says so. */
    public DatasetStanding reopen() {
        Set<NodeDataset> distinct = new LinkedHashSet<>(distinctFrom);
        closed.ifPresent(c -> distinct.addAll(c.copyOf()));
        return new DatasetStanding(datasetId, Optional.empty(), notes, List.copyOf(distinct));
    }

    /** The same dataset with other notes. */
    public DatasetStanding noted(List<String> others) {
        return new DatasetStanding(datasetId, closed, others, distinctFrom);
    }

    /**
     * Reads what {@link #json} wrote; lists of datasets may be absent.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument naming the first member that does not fit
     */
    public static DatasetStanding parse(JsonNode json) {
        JsonFields f = JsonFields.of(json, "");
        DatasetStanding read = new DatasetStanding(
                f.identifier("dataset_id"),
                f.optionalObject("closed").map(c -> {
                    Closure closure = new Closure(Formats.time(c, "since"), c.text("why"), datasets(c, "copy_of"));
                    c.end();
                    return closure;
                }),
                f.texts("notes"),
                datasets(f, "distinct_from"));
        f.end();
        return read;
    }

    private static List<NodeDataset> datasets(JsonFields f, String member) {
        return f.has(member)
                ? f.list(
                        member,
                        "an array of node_id/dataset_id",
                        (v, at) -> NodeDataset.parse(v.isTextual() ? v.textValue() : JsonFields.describe(v), at))
                : List.of();
    }

    /** The standing as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object().put("dataset_id", datasetId);
        closed.ifPresent(c -> put(
                out.putObject("closed").put("since", c.since().toString()).put("why", c.why()), "copy_of", c.copyOf()));
        ArrayNode list = out.putArray("notes");
        notes.forEach(list::add);
        put(out, "distinct_from", distinctFrom);
        return out;
    }

    private static void put(ObjectNode out, String member, List<NodeDataset> datasets) {
        if (!datasets.isEmpty()) {
            ArrayNode list = out.putArray(member);
            datasets.forEach(d -> list.add(d.toString()));
        }
    }
}
