package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.data.schema.Cells;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.Rule;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.ZipException;

/**
 * Reads FHIR resources as a table, patient by patient, and checks its values as those of a CSV file. Of each type and id the
 * newest version counts, unless it was deleted. The resources of the types that the table names are held in memory until
 * all files are read, at most 2 GiB of them as compact JSON, because what names one patient may stand anywhere. Not
 * thread-safe; one instance reads one dataset once.
 */
public final class FhirReader {
    private static final byte[] NOTHING = new byte[0];
    private final FhirTable table;
    private final Cells cells;
    private final Consumer<Row> rows;
    private final Patients patients = new Patients();
    private final FhirShelf shelf = new FhirShelf();
    /** What paths lead to that read a patient's resources alone, for the patient that is being read. */
    private final Map<FhirPath, Optional<List<JsonNode>>> ofPatient = new IdentityHashMap<>();

    private final Set<String> patientTypes;
    private final Set<String> missingTypes;
    private final boolean filteredFirst;
    private final FhirClaims claims;
    private final FhirLosses losses;
    private long deletionsOfNone;

    private FhirReader(FhirTable table, Consumer<Row> rows) {
        this.table = table;
        this.cells = new Cells(table.schema(), table.schema().missingValues());
        this.rows = rows;
        this.patientTypes = table.patientTypes();
        this.missingTypes = new TreeSet<>(patientTypes);
        missingTypes.add(table.resource());
        this.claims = new FhirClaims(missingTypes);
        this.losses = new FhirLosses(table);
        this.filteredFirst = table.where().isPresent()
                && table.where().get().type().isEmpty()
                && !patientTypes.contains(table.resource());
    }

    /**
     * Reads whole files.
     *
     * @param rows is given every record, whether or not its values obey the schema
     * @return what does not obey; of two resources of one type and id that differ, one does not where neither says that it
     *     is newer
     * @throws InvalidDocument if a file is not FHIR JSON; the message gives the file by its place from 1, the line and the
     *     column, and nothing of what stands there
     * @throws IOException if a file cannot be read
     */
    public static Findings read(List<Path> files, FhirTable table, Consumer<Row> rows) throws IOException {
        FhirReader reader = new FhirReader(table, rows);
        for (int i = 0; i < files.size(); i++) {
            String name = "file " + (i + 1);
            try (Reader text = Utf8Text.open(files.get(i))) {
                reader.take(text, name);
            } catch (CharacterCodingException e) {
                throw Utf8Text.refusal(name, files.get(i));
            } catch (EOFException | ZipException e) {
                throw Utf8Text.broken(name);
            }
        }
        return reader.findings(files.size());
    }

    static Findings read(Reader text, FhirTable table, Consumer<Row> rows) throws IOException {
        FhirReader reader = new FhirReader(table, rows);
        try {
            reader.take(text, "file 1");
        } catch (CharacterCodingException e) {
            throw Utf8Text.refusal("file 1");
        }
        return reader.findings(1);
    }

    private void take(Reader text, String name) throws IOException {
        FhirFile.read(text, name, new FhirFile.Sink() {
            @Override
            public void resource(ObjectNode resource, String fullUrl, String place) {
                hold(resource, fullUrl, place);
            }

            @Override
            public void deletion(String url, String fullUrl, Optional<Instant> when) {
                delete(url, fullUrl, when);
            }

            @Override
            public void emptyEntry() {
                claims.emptyEntry();
            }

            @Override
            public void bundle(JsonNode bundle, long found) {
                claims.bundle(bundle, found);
            }

            @Override
            public void ofTheExport(JsonNode object) {
                claims.ofTheExport(object);
            }
        });
    }

    private void hold(ObjectNode resource, String fullUrl, String place) {
        Optional<Patients.Name> patient = patients.learn(resource, fullUrl);
        String type = resource.path("resourceType").asText();
        claims.resource(resource);
        missingTypes.remove(type);
        boolean ofRecords = type.equals(table.resource());
        if (!ofRecords && !patientTypes.contains(type)) {
            return;
        }
        boolean used = (patientTypes.contains(type)
                        || !filteredFirst
                        || isRecord(Json.object().set("resource", resource)))
                && !losses.forbids(resource);
        String id = resource.path("id").asText();
        shelf.put(
                id.isEmpty() ? fullUrl : id,
                new FhirShelf.Held(
                        type,
                        FhirVersion.of(resource),
                        used ? Json.write(resource) : NOTHING,
                        patient,
                        FhirUrl.serverOf(fullUrl),
                        place));
    }

    private void delete(String url, String fullUrl, Optional<Instant> when) {
        Optional<FhirUrl> one = FhirUrl.parse(url);
        if (one.isPresent()) {
            FhirUrl u = one.get();
            String server = u.server().isEmpty() ? FhirUrl.serverOf(fullUrl) : u.server();
            shelf.delete(u.type(), u.id(), server, new FhirVersion(when, u.number()));
        } else {
            deletionsOfNone++;
        }
    }

    private Findings findings(int files) {
        Map<Optional<String>, List<FhirShelf.Held>> byPatient = new LinkedHashMap<>();
        for (FhirShelf.Held h : shelf.resources()) {
            byPatient
                    .computeIfAbsent(h.patient().flatMap(patients::find), p -> new ArrayList<>())
                    .add(h);
        }
        List<FhirShelf.Held> ofNone = byPatient.remove(Optional.<String>empty());
        byPatient.forEach((patient, resources) -> patient(patient, resources));
        if (ofNone != null) {
            ofNone.forEach(this::ofNone);
        }
        for (String place : shelf.unclear()) {
            cells.tally().at(() -> place);
            cells.tally().violation(Findings.RECORD, Rule.UNIQUE);
        }
        Findings found = cells.tally().findings();
        return found.noted(notes()).noted(claims.notes(files)).noted(losses.notes(found.rows(), missingTypes));
    }

    /** What is of nobody may be a record; what only gives a context to records, none of them sees. */
    private void ofNone(FhirShelf.Held h) {
        boolean record = patient(Optional.empty(), List.of(h)) > 0;
        if (!record && patientTypes.contains(h.type())) {
            losses.ofNobody(h.type());
        }
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(shelf.notes());
        missingTypes.forEach(
                type -> notes.add("no file has a resource of type " + type + ", which the data package names"));
        if (deletionsOfNone > 0) {
            notes.add(deletionsOfNone + " deletions name no resource by type and id and were not followed");
        }
        return notes;
    }

    /** Passes on a patient's records, and says how many there are. */
    private int patient(Optional<String> patient, List<FhirShelf.Held> resources) {
        ObjectNode document = Json.object();
        ObjectNode byType = document.putObject("patient");
        List<JsonNode> order = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (FhirShelf.Held h : resources) {
            JsonNode resource = Json.read(h.json());
            losses.weigh(resource);
            if (patientTypes.contains(h.type())) {
                byType.withArray("/" + h.type()).add(resource);
            }
            if (h.type().equals(table.resource())) {
                order.add(resource);
                places.add(h.place());
            }
        }
        int records = 0;
        ofPatient.clear();
        for (int i = 0; i < order.size(); i++) {
            String place = places.get(i);
            cells.tally().at(() -> place);
            document.set("resource", order.get(i));
            if (isRecord(document)) {
                row(patient, document);
                records++;
            }
        }
        return records;
    }

    private void row(Optional<String> patient, JsonNode document) {
        cells.tally().row();
        List<FhirColumn> columns = table.columns();
        for (int i = 0; i < columns.size(); i++) {
            Optional<List<JsonNode>> values = values(columns.get(i).path(), document);
            losses.column(i, values.isPresent() && values.get().isEmpty());
            columns.get(i).fill(cells, i, table.schema().fields().get(i), values);
        }
        patient.ifPresentOrElse(p -> cells.set(columns.size(), p), () -> cells.missing(columns.size()));
        rows.accept(cells.complete());
    }

    /** What a path leads to; what is the same for all records of a patient is looked up once. */
    private Optional<List<JsonNode>> values(FhirPath path, JsonNode document) {
        if (path.readsTheRecord()) {
            return path.values(document);
        }
        return ofPatient.computeIfAbsent(path, p -> p.values(document));
    }

    /** A resource that the filter cannot judge is no record, and is found. */
    private boolean isRecord(JsonNode document) {
        if (table.where().isEmpty()) {
            return true;
        }
        Optional<List<JsonNode>> found = values(table.where().get(), document);
        if (found.isEmpty()) {
            cells.tally().violation(Findings.RECORD, Rule.TYPE);
        }
        return found.isPresent() && !found.get().isEmpty();
    }

    @Override
    public String toString() {
        return "FhirReader[REDACTED]";
    }
}
