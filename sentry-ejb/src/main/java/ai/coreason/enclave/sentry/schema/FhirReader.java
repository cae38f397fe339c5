package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads FHIR resources as a table, patient by patient, and checks its values as those of a CSV file. The resources of the
 * types that the table names are held in memory until all files are read, at most 2 GiB of them as compact JSON, because
 * what names one patient may stand anywhere. Not thread-safe; one instance reads one dataset once.
 */
public final class FhirReader {
    private static final long MAX_HELD = 2L << 30;

    private record Held(String type, byte[] json, Optional<Patients.Name> patient) {}

    private final FhirTable table;
    private final Cells cells;
    private final Consumer<Row> rows;
    private final Patients patients = new Patients();
    private final List<Held> held = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final Set<String> patientTypes;
    private final boolean filteredFirst;
    private long heldBytes;

    private FhirReader(FhirTable table, Consumer<Row> rows) {
        this.table = table;
        this.cells = new Cells(table.schema(), table.schema().missingValues());
        this.rows = rows;
        this.patientTypes = table.patientTypes();
        this.filteredFirst = table.where().isPresent()
                && table.where().get().type().isEmpty()
                && !patientTypes.contains(table.resource());
    }

    /**
     * Reads whole files.
     *
     * @param rows is given every record, whether or not its values obey the schema
     * @return what does not obey; a record that appears twice does not
     * @throws InvalidDocument if a file is not FHIR JSON; the message gives the file by its place from 1, the line and the
     *     column, and nothing of what stands there
     * @throws IOException if a file cannot be read
     */
    public static Findings read(List<Path> files, FhirTable table, Consumer<Row> rows) throws IOException {
        FhirReader reader = new FhirReader(table, rows);
        for (int i = 0; i < files.size(); i++) {
            try (Reader text = Files.newBufferedReader(files.get(i), StandardCharsets.UTF_8)) {
                reader.take(text, "file " + (i + 1));
            }
        }
        return reader.findings();
    }

    static Findings read(Reader text, FhirTable table, Consumer<Row> rows) throws IOException {
        FhirReader reader = new FhirReader(table, rows);
        reader.take(text, "file 1");
        return reader.findings();
    }

    private void take(Reader text, String name) throws IOException {
        FhirFile.read(text, name, this::hold);
    }

    private void hold(ObjectNode resource, String fullUrl) {
        Optional<Patients.Name> patient = patients.learn(resource, fullUrl);
        String type = resource.path("resourceType").asText();
        boolean record = type.equals(table.resource())
                && (!filteredFirst || isRecord(Json.object().set("resource", resource)));
        if (record || patientTypes.contains(type)) {
            byte[] json = Json.write(resource);
            heldBytes += json.length;
            if (heldBytes > MAX_HELD) {
                throw InvalidDocument.at("fhir", "at most " + MAX_HELD + " bytes of the types that are named", "more");
            }
            held.add(new Held(type, json, patient));
        }
    }

    private Findings findings() {
        Map<Optional<String>, List<Held>> byPatient = new LinkedHashMap<>();
        for (Held h : held) {
            byPatient
                    .computeIfAbsent(h.patient().flatMap(patients::find), p -> new ArrayList<>())
                    .add(h);
        }
        List<Held> ofNone = byPatient.remove(Optional.<String>empty());
        byPatient.forEach((patient, resources) -> patient(patient, resources));
        if (ofNone != null) {
            ofNone.forEach(h -> patient(Optional.empty(), List.of(h)));
        }
        return cells.tally().findings();
    }

    private void patient(Optional<String> patient, List<Held> resources) {
        ObjectNode document = Json.object();
        ObjectNode byType = document.putObject("patient");
        List<JsonNode> records = new ArrayList<>();
        for (Held h : resources) {
            JsonNode resource = Json.read(h.json());
            if (patientTypes.contains(h.type())) {
                byType.withArray("/" + h.type()).add(resource);
            }
            if (h.type().equals(table.resource())) {
                records.add(resource);
            }
        }
        for (JsonNode record : records) {
            document.set("resource", record);
            if (isRecord(document)) {
                row(patient, document);
            }
        }
    }

    private void row(Optional<String> patient, JsonNode document) {
        cells.tally().row();
        String id = document.path("resource").path("id").asText();
        if (!id.isEmpty() && !ids.add(id)) {
            cells.tally().violation(Findings.RECORD, Rule.UNIQUE);
        }
        List<FhirColumn> columns = table.columns();
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).fill(cells, i, table.schema().fields().get(i), document);
        }
        patient.ifPresentOrElse(p -> cells.set(columns.size(), p), () -> cells.missing(columns.size()));
        rows.accept(cells.row());
    }

    /** A resource that the filter cannot judge is no record, and is found. */
    private boolean isRecord(JsonNode document) {
        if (table.where().isEmpty()) {
            return true;
        }
        Optional<List<JsonNode>> found = table.where().get().values(document);
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
