package ai.coreason.enclave.node.site;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.DatasetStanding.Closure;
import ai.coreason.enclave.sentry.contract.NodeDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of a node's datasets are closed, and what was noticed of their records: one file a dataset in the node's folder of
 * state, which outlives the node and which its owner's commands read and change. A dataset stays closed until the owner
 * reopens it. Thread-safe for one node.
 */
public final class DatasetStandings {
    private static final System.Logger LOG = System.getLogger(DatasetStandings.class.getName());
    private static final int MAX_WHY = 4000;

    private final Path state;
    private final Clock clock;
    /** Closed here and not on disk, as that failed; they stay closed as long as this node runs. */
    private final Map<String, Closure> unwritten = new ConcurrentHashMap<>();

    /** @param state the node's folder of state */
    public DatasetStandings(Path state, Clock clock) {
        this.state = state;
        this.clock = clock;
    }

    /** Why a dataset is closed; empty where jobs may use it. A file that cannot be understood closes it too. */
    public Optional<Closure> closed(String datasetId) {
        if (unwritten.containsKey(datasetId)) {
            return Optional.of(unwritten.get(datasetId));
        }
        try {
            return read(datasetId).closed();
        } catch (IOException | InvalidDocument e) {
            return Optional.of(new Closure(now(), "its file of standing cannot be read: " + e.getMessage()));
        }
    }

    /**
     * The datasets that the owner said hold other records than this one.
     *
     * @throws IOException if that cannot be read now
     */
    public List<NodeDataset> distinctFrom(String datasetId) throws IOException {
        return current(datasetId).distinctFrom();
    }

    /** Closes a dataset to all jobs. */
    public void close(String datasetId, String why) {
        close(datasetId, why, List.of());
    }

    /**
     * Closes a dataset to all jobs.
     *
     * @param copyOf the datasets that it is a copy of, unless the owner reopens it; none where it is closed for another reason
     */
    public void close(String datasetId, String why, List<NodeDataset> copyOf) {
        Closure closure = new Closure(now(), why.substring(0, Math.min(why.length(), MAX_WHY)), copyOf);
        unwritten.put(datasetId, closure);
        try {
            write(current(datasetId).close(closure));
            unwritten.remove(datasetId);
            LOG.log(System.Logger.Level.ERROR, "dataset.closed dataset={0}: {1}", datasetId, closure.why());
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "dataset.closed dataset={0}, until the node ends, as it could not be written: {1}",
                    datasetId,
                    e.getMessage());
        }
    }

    /** Keeps what was noticed of a dataset's records, and logs each sentence. */
    public void note(String datasetId, List<String> notes) {
        notes.forEach(n -> LOG.log(System.Logger.Level.WARNING, "dataset.noted dataset={0}: {1}", datasetId, n));
        try {
            write(read(datasetId).noted(notes));
        } catch (IOException | InvalidDocument e) {
            LOG.log(System.Logger.Level.WARNING, "dataset.not-noted dataset={0}: {1}", datasetId, e.getMessage());
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private DatasetStanding current(String datasetId) throws IOException {
        try {
            return read(datasetId);
        } catch (InvalidDocument unreadable) {
            return DatasetStanding.open(datasetId);
        }
    }

    private DatasetStanding read(String datasetId) throws IOException {
        try {
            return DatasetStanding.parse(Json.read(Files.readAllBytes(DatasetStanding.file(state, datasetId))));
        } catch (NoSuchFileException none) {
            return DatasetStanding.open(datasetId);
        }
    }

    private void write(DatasetStanding standing) throws IOException {
        PrivateFile.write(DatasetStanding.file(state, standing.datasetId()), Json.write(standing.json()));
    }
}
