package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.copies.Copy;
import ai.coreason.enclave.node.copies.FingerprintFolder;
import ai.coreason.enclave.node.copies.Fingerprints;
import ai.coreason.enclave.node.copies.UnusableSketch;
import ai.coreason.enclave.node.data.DatasetReader;
import ai.coreason.enclave.node.data.Reading;
import ai.coreason.enclave.node.site.DatasetStandings;
import ai.coreason.enclave.node.site.OfferedDataset;
import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.sentry.contract.DatasetStanding.Closure;
import ai.coreason.enclave.sentry.contract.DeclineReason;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.encode.RecordNotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checked and encoded records of the job that was trained last, kept between its rounds and read anew when a file
 * changes. Records that do not obey their schema, or that another dataset of the site holds too, close their dataset. Not
 * thread-safe.
 */
final class LocalExamples {
    private record Stamp(Path file, long size, FileTime modified) {}

    private record Key(List<Stamp> files, String dataset, String graph) {}

    private static final String UNUSABLE = "the site's records cannot be used until their owner acts";

    private final DatasetStandings standings;
    private final FingerprintFolder fingerprints;
    private final boolean simulation;
    private Key key;
    private Examples examples;

    /**
     * @param standings which datasets are closed
     * @param fingerprints by which copies of records are found
     * @param simulation whether findings may be told to the Overseer; from a real site nothing of records leaves
     */
    LocalExamples(DatasetStandings standings, FingerprintFolder fingerprints, boolean simulation) {
        this.standings = standings;
        this.fingerprints = fingerprints;
        this.simulation = simulation;
    }

    /**
     * The records that a job trains on.
     *
     * @throws Declined if the job does not fit the schema; if the records do not or are copies, in one and the same words
     *     whatever they are, and the dataset is closed from then on; or if they cannot be read now, or not be compared
     */
    Examples of(FederationJob job, OfferedDataset dataset) throws Declined {
        String id = dataset.dataset().datasetId();
        Optional<Closure> closed = standings.closed(id);
        if (closed.isPresent()) {
            throw unusable(
                    "closed since " + closed.get().since() + ": " + closed.get().why());
        }
        DatasetReader reader = reader(dataset, job);
        try {
            Key wanted = new Key(
                    stamps(dataset),
                    Json.digest(job.json().get("dataset")),
                    job.model().digest());
            if (!wanted.equals(key)) {
                examples = null;
                key = null;
                examples = read(reader, dataset);
                key = wanted;
            }
            return examples;
        } catch (IOException e) {
            String what = "the records could not be read";
            throw new Declined(
                    DeclineReason.INTERNAL, what + ": " + Fault.of(e), what + " now; the node's log says why");
        }
    }

    private DatasetReader reader(OfferedDataset dataset, FederationJob job) throws Declined {
        try {
            return DatasetReader.of(dataset.dataPackage(), dataset.resource(), job);
        } catch (InvalidDocument e) {
            String what = "the job does not fit the site's data dictionary";
            throw new Declined(
                    DeclineReason.SCHEMA,
                    what + ": " + e.getMessage(),
                    simulation ? what + ": " + e.getMessage() : what + "; the node's log says how");
        }
    }

    private static List<Stamp> stamps(OfferedDataset dataset) throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        for (Path file : DatasetReader.files(dataset.dataPackage(), dataset.resource())) {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            stamps.add(new Stamp(file, now.size(), now.lastModifiedTime()));
        }
        return stamps;
    }

    /** Whatever fails on the records, foreseen or not, is one and the same refusal to whoever chose the job. */
    private Examples read(DatasetReader reader, OfferedDataset dataset) throws Declined, IOException {
        String id = dataset.dataset().datasetId();
        Fingerprints prints = fingerprints.begin(dataset.resource());
        Reading reading;
        try {
            reading = reader.read(prints);
        } catch (InvalidDocument e) {
            throw refused(id, "the records' file is not of its form: " + e.getMessage());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw refused(id, "the reading of the records failed: " + Fault.of(e));
        }
        if (reading instanceof Reading.Ready ready) {
            refuseCopies(dataset, prints);
            standings.note(id, RecordNotes.of(dataset.dataset(), ready.findings(), ready.examples()));
            return ready.examples();
        }
        throw refused(id, RecordRefusals.refusal(dataset.dataset(), (Reading.Refused) reading));
    }

    private void refuseCopies(OfferedDataset dataset, Fingerprints prints) throws Declined, IOException {
        String id = dataset.dataset().datasetId();
        List<Copy> copies;
        try {
            copies = fingerprints.keep(dataset.resource(), prints, standings.distinctFrom(id));
        } catch (UnusableSketch e) {
            throw refused(id, RecordRefusals.unusable(e));
        }
        if (!copies.isEmpty()) {
            String why = RecordRefusals.copies(copies);
            standings.close(id, why, copies.stream().map(Copy::other).toList());
            throw unusable(why);
        }
    }

    private Declined refused(String datasetId, String why) {
        standings.close(datasetId, why);
        return unusable(why);
    }

    private Declined unusable(String why) {
        String message = UNUSABLE + ": " + why;
        return new Declined(DeclineReason.RECORDS, message, simulation ? message : UNUSABLE);
    }
}
