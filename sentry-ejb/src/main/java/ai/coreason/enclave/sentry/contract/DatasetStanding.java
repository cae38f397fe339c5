package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a node keeps of a dataset for its own site: whether it is closed, and what was noticed when its records were read
 * last. It counts records, so it never leaves the site.
 *
 * @param datasetId the dataset
 * @param closed why no job may use it now; empty where jobs may
 * @param notes what the owner should know of the records, in sentences
 */
public record DatasetStanding(String datasetId, Optional<Closure> closed, List<String> notes) {
    /**
     * Why a dataset is closed.
     *
     * @param since when it was closed
     * @param why what was found, in a sentence for the site
     */
    public record Closure(Instant since, String why) {}

    /** Copies the list. */
    public DatasetStanding {
        notes = List.copyOf(notes);
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
        return new DatasetStanding(datasetId, Optional.of(closure), notes);
    }

    /** The same dataset, open to jobs. */
    public DatasetStanding reopen() {
        return new DatasetStanding(datasetId, Optional.empty(), notes);
    }

    /** The same dataset with other notes. */
    public DatasetStanding noted(List<String> others) {
        return new DatasetStanding(datasetId, closed, others);
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @throws ai.coreason.enclave.privacy.json.InvalidDocument naming the first member that does not fit
     */
    public static DatasetStanding parse(JsonNode json) {
        JsonFields f = JsonFields.of(json, "");
        DatasetStanding read = new DatasetStanding(
                f.identifier("dataset_id"),
                f.optionalObject("closed").map(c -> {
                    Closure closure = new Closure(Formats.time(c, "since"), c.text("why"));
                    c.end();
                    return closure;
                }),
                f.texts("notes"));
        f.end();
        return read;
    }

    /** The standing as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object().put("dataset_id", datasetId);
        closed.ifPresent(
                c -> out.putObject("closed").put("since", c.since().toString()).put("why", c.why()));
        ArrayNode list = out.putArray("notes");
        notes.forEach(list::add);
        return out;
    }
}
